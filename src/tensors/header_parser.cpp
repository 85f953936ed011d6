// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/header_parser.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/system/error_code.hpp>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "tensors/element_type.hpp"

namespace trilby::tensors {
namespace {

using boost::system::error_code;
using Part = boost::json::string_view;
using safetensors::MetadataEntry;
using safetensors::TensorInfo;

constexpr std::string_view metadata_name = "__metadata__";
constexpr std::size_t most_dimensions = 64;  // as NumPy
constexpr std::size_t shown_bytes = 200;

/// Takes the parser's events one after the other and accepts only a header. A document of a header
/// of 100 MB would need gigabytes, and would hide keys that occur twice.
class HeaderBuilder {
  public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code& error);
    bool on_object_end(std::size_t, error_code& error);
    bool on_array_begin(error_code& error);
    bool on_array_end(std::size_t, error_code&);
    bool on_key_part(Part part, std::size_t, error_code&) { return append(part); }
    bool on_key(Part part, std::size_t, error_code& error);
    bool on_string_part(Part part, std::size_t, error_code&) { return append(part); }
    bool on_string(Part part, std::size_t, error_code& error);
    bool on_number_part(Part, error_code&) { return true; }
    bool on_int64(std::int64_t number, Part, error_code& error);
    bool on_uint64(std::uint64_t, Part, error_code& error) { return misplaced("a number", error); }
    bool on_double(double, Part, error_code& error) { return misplaced("a number", error); }
    bool on_bool(bool, error_code& error) { return misplaced("true or false", error); }
    bool on_null(error_code& error) { return misplaced("null", error); }
    bool on_comment_part(Part, error_code&) { return true; }
    bool on_comment(Part, error_code&) { return true; }

    [[nodiscard]] Header take() { return std::move(header_); }
    /// Empty if the text is not JSON.
    [[nodiscard]] const std::string& why() const { return why_; }

  private:
    enum class Place : std::uint8_t { outside, header, metadata, tensor, shape, offsets };

    /// The members of a tensor that were read so far.
    struct Fields {
        std::optional<std::string> dtype;
        std::optional<std::vector<std::int64_t>> shape;
        std::optional<std::vector<std::int64_t>> data_offsets;
    };

    bool append(Part part) {
        text_.append(part.data(), part.size());
        return true;
    }
    std::string take_text(Part last) {
        append(last);
        return std::exchange(text_, {});
    }
    bool refuse(std::string why, error_code& error) {
        why_ = std::move(why);
        error = boost::json::error::syntax;
        return false;
    }
    bool misplaced(std::string_view found, error_code& error);
    [[nodiscard]] std::string member_name() const;
    [[nodiscard]] std::string_view expected() const;
    bool begin_field(error_code& error);
    bool finish_tensor(error_code& error);

    Place place_ = Place::outside;
    std::string text_;  ///< parts of a key or string
    std::string name_;  ///< the key in the header
    std::string key_;   ///< the key in the metadata or the tensor
    Fields fields_;
    bool has_metadata_ = false;
    std::string why_;
    Header header_;
};

std::string HeaderBuilder::member_name() const {
    switch (place_) {
        case Place::outside:
            return "the header";
        case Place::header:
            return name_ == metadata_name
                       ? name_
                       : fmt::format("tensor '{}'", printable(name_, shown_bytes));
        case Place::metadata:
            return fmt::format("'{}' of the metadata", printable(key_, shown_bytes));
        case Place::tensor:
            return fmt::format("{} of tensor '{}'", key_, printable(name_, shown_bytes));
        case Place::shape:
        case Place::offsets:
            return fmt::format("an element of {} of tensor '{}'", key_,
                               printable(name_, shown_bytes));
    }
    return {};
}

std::string_view HeaderBuilder::expected() const {
    switch (place_) {
        case Place::outside:
        case Place::header:
            return "an object";
        case Place::metadata:
            return "a string";
        case Place::tensor:
            return key_ == "dtype" ? "a string" : "an array";
        case Place::shape:
        case Place::offsets:
            return "an integer from 0 to 2^63 - 1";
    }
    return {};
}

bool HeaderBuilder::misplaced(std::string_view found, error_code& error) {
    return refuse(fmt::format("{} is {}, expected {}", member_name(), found, expected()), error);
}

bool HeaderBuilder::on_object_begin(error_code& error) {
    if (place_ == Place::outside) {
        place_ = Place::header;
        return true;
    }
    if (place_ != Place::header) {
        return misplaced("an object", error);
    }
    if (name_ != metadata_name) {
        place_ = Place::tensor;
        fields_ = {};
        return true;
    }
    place_ = Place::metadata;
    return !std::exchange(has_metadata_, true) ||
           refuse(fmt::format("its header has a key twice: '{}'", metadata_name), error);
}

bool HeaderBuilder::on_object_end(std::size_t, error_code& error) {
    if (place_ == Place::tensor && !finish_tensor(error)) {
        return false;
    }
    place_ = place_ == Place::header ? Place::outside : Place::header;
    return true;
}

bool HeaderBuilder::on_array_begin(error_code& error) {
    if (place_ != Place::tensor || key_ == "dtype") {
        return misplaced("an array", error);
    }
    const bool is_shape = key_ == "shape";
    place_ = is_shape ? Place::shape : Place::offsets;
    (is_shape ? fields_.shape : fields_.data_offsets).emplace();
    return true;
}

bool HeaderBuilder::on_array_end(std::size_t, error_code&) {
    place_ = Place::tensor;
    return true;
}

bool HeaderBuilder::on_key(Part part, std::size_t, error_code& error) {
    std::string key = take_text(part);
    if (place_ == Place::header) {
        name_ = std::move(key);
        return true;
    }
    key_ = std::move(key);
    return place_ != Place::tensor || begin_field(error);
}

bool HeaderBuilder::begin_field(error_code& error) {
    const bool is_known = key_ == "dtype" || key_ == "shape" || key_ == "data_offsets";
    if (!is_known) {
        return refuse(
            fmt::format("tensor '{}' has the key '{}', expected dtype, shape and data_offsets",
                        printable(name_, shown_bytes), printable(key_, shown_bytes)),
            error);
    }
    const bool is_again = key_ == "dtype"   ? fields_.dtype.has_value()
                          : key_ == "shape" ? fields_.shape.has_value()
                                            : fields_.data_offsets.has_value();
    return !is_again || refuse(fmt::format("tensor '{}' has a key twice: '{}'",
                                           printable(name_, shown_bytes), key_),
                               error);
}

bool HeaderBuilder::on_string(Part part, std::size_t, error_code& error) {
    std::string text = take_text(part);
    if (place_ == Place::metadata) {
        header_.metadata.push_back({key_, std::move(text)});
        return true;
    }
    if (place_ == Place::tensor && key_ == "dtype") {
        fields_.dtype = std::move(text);
        return true;
    }
    return misplaced("a string", error);
}

bool HeaderBuilder::on_int64(std::int64_t number, Part, error_code& error) {
    if ((place_ != Place::shape && place_ != Place::offsets) || number < 0) {
        return misplaced(number < 0 ? "a negative number" : "a number", error);
    }
    auto& numbers = place_ == Place::shape ? *fields_.shape : *fields_.data_offsets;
    const std::size_t most = place_ == Place::shape ? most_dimensions : 2;
    if (numbers.size() == most) {
        return refuse(fmt::format("{} of tensor '{}' has more than {} elements", key_,
                                  printable(name_, shown_bytes), most),
                      error);
    }
    numbers.push_back(number);
    return true;
}

bool HeaderBuilder::finish_tensor(error_code& error) {
    const auto damaged = [&](std::string_view why) {
        return refuse(fmt::format("tensor '{}': {}", printable(name_, shown_bytes), why), error);
    };
    auto& [dtype, shape, offsets] = fields_;
    if (!dtype || !shape || !offsets) {
        return damaged(fmt::format("key '{}' is missing", !dtype   ? "dtype"
                                                          : !shape ? "shape"
                                                                   : "data_offsets"));
    }
    if (offsets->size() != 2 || offsets->front() > offsets->back()) {
        return damaged("data_offsets are not a begin and an end");
    }
    const auto size = size_of(*dtype, *shape);
    if (!size) {
        return damaged(size.error());
    }
    const auto given = static_cast<std::uint64_t>(offsets->back() - offsets->front());
    if (given != *size) {
        return damaged(fmt::format(
            "data_offsets span {} bytes, expected {} for its dtype and shape", given, *size));
    }
    header_.tensors.push_back({std::move(name_), std::move(*dtype), std::move(*shape),
                               static_cast<std::uint64_t>(offsets->front()), given});
    return true;
}

/// A text that occurs twice; nothing if there is none.
template <class Entry>
std::optional<std::string_view> find_repeated(const std::vector<Entry>& entries,
                                              std::string Entry::*text) {
    std::vector<std::string_view> sorted;
    sorted.reserve(entries.size());
    for (const Entry& entry : entries) {
        sorted.push_back(entry.*text);
    }
    std::ranges::sort(sorted);
    const auto found = std::ranges::adjacent_find(sorted);
    return found == sorted.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::expected<Header, std::string> parse_header(std::string_view json) {
    boost::json::basic_parser<HeaderBuilder> parser(boost::json::parse_options{});
    error_code error;
    const std::size_t used = parser.write_some(false, json.data(), json.size(), error);
    HeaderBuilder& builder = parser.handler();
    if (!builder.why().empty()) {
        return std::unexpected(builder.why());
    }
    if (error) {
        return std::unexpected(
            fmt::format("its header is not valid JSON at byte {}: {}", used, error.message()));
    }
    // The parser takes other white space for a part of the document.
    if (used < json.size() || !json.ends_with('}')) {
        return std::unexpected(fmt::format(
            "its header has text after the JSON at byte {}, expected only spaces", used));
    }
    Header header = builder.take();
    const auto tensor = find_repeated(header.tensors, &TensorInfo::name);
    const auto repeated = tensor ? tensor : find_repeated(header.metadata, &MetadataEntry::key);
    if (repeated) {
        return std::unexpected(
            fmt::format("its header has a key twice: '{}'", printable(*repeated, shown_bytes)));
    }
    return header;
}

}  // namespace trilby::tensors
