// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/state_dict_writer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/little_endian.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "tensors/element_type.hpp"
#include "tensors/storage_type.hpp"
#include "tensors/strided.hpp"
#include "tensors/zip_writer.hpp"

namespace trilby::tensors {
namespace {

using safetensors::TensorView;

Result<std::string_view> storage_of(const TensorView& tensor) {
    const std::string_view storage = storage_of_dtype(tensor.dtype);
    if (storage.empty()) {
        return failure(ErrorCode::usage,
                       fmt::format("tensor '{}' has the type {}, which state dicts do not have",
                                   printable(tensor.name, 200), printable(tensor.dtype, 40)));
    }
    return storage;
}

/// Python's pickle format, protocol 2: the few operations that a state dict needs.
class PickleWriter {
  public:
    void begin() { bytes_ += "\x80\x02"; }
    void end() { bytes_ += '.'; }
    void empty_dict() { bytes_ += '}'; }
    void empty_tuple() { bytes_ += ')'; }
    void mark() { bytes_ += '('; }
    void set_items() { bytes_ += 'u'; }
    void tuple() { bytes_ += 't'; }
    void call() { bytes_ += 'R'; }
    void persistent_id() { bytes_ += 'Q'; }
    void no() { bytes_ += '\x89'; }
    void global(std::string_view module, std::string_view name) {
        bytes_ += fmt::format("c{}\n{}\n", module, name);
    }
    void text(std::string_view text) {
        bytes_ += 'X';
        bytes_ += encode_little_endian(text.size(), 4);
        bytes_ += text;
    }
    void integer(std::int64_t number) {
        const bool is_short = number <= std::numeric_limits<std::int32_t>::max();
        bytes_ += is_short ? "J" : "\x8a\x08";
        bytes_ += encode_little_endian(static_cast<std::uint64_t>(number), is_short ? 4 : 8);
    }
    void integers(std::span<const std::int64_t> numbers) {
        mark();
        for (const std::int64_t number : numbers) {
            integer(number);
        }
        tuple();
    }
    [[nodiscard]] std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

/// _rebuild_tensor_v2(("storage", type, number, "cpu", elements), 0, shape, strides, False, hooks)
void write_tensor(PickleWriter& pickle, const TensorView& tensor, std::string_view storage,
                  std::size_t number) {
    pickle.global("torch._utils", "_rebuild_tensor_v2");
    pickle.mark();
    pickle.mark();
    pickle.text("storage");
    pickle.global("torch", storage);
    pickle.text(std::to_string(number));
    pickle.text("cpu");
    pickle.integer(static_cast<std::int64_t>(count_elements(tensor.shape).value_or(0)));
    pickle.tuple();
    pickle.persistent_id();
    pickle.integer(0);
    pickle.integers(tensor.shape);
    pickle.integers(contiguous_strides(tensor.shape));
    pickle.no();
    pickle.global("collections", "OrderedDict");
    pickle.empty_tuple();
    pickle.call();
    pickle.tuple();
    pickle.call();
}

Result<std::string> pickled(std::span<const TensorView> tensors) {
    PickleWriter pickle;
    pickle.begin();
    pickle.empty_dict();
    pickle.mark();
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        TRILBY_TRY(storage, storage_of(tensors[i]));
        pickle.text(tensors[i].name);
        write_tensor(pickle, tensors[i], storage, i);
    }
    pickle.set_items();
    pickle.end();
    return pickle.take();
}

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

}  // namespace

Result<void> write_state_dict(const std::filesystem::path& path,
                              std::span<const TensorView> tensors) {
    TRILBY_TRY(pickle, pickled(tensors));
    std::vector<ArchiveEntry> entries{{"archive/data.pkl", bytes_of(pickle)},
                                      {"archive/byteorder", bytes_of("little")}};
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        entries.push_back({fmt::format("archive/data/{}", i), tensors[i].bytes});
    }
    entries.push_back({"archive/version", bytes_of("3\n")});
    return write_archive(path, entries);
}

}  // namespace trilby::tensors
