// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <expected>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/json.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/large_file.hpp"

namespace trilby::train {
namespace {

constexpr std::size_t length_bytes = 8;
constexpr std::size_t header_limit_bytes = 100U << 20;  // the format's own limit
constexpr std::size_t file_limit_bytes = std::size_t{64} << 30;
constexpr std::size_t alignment_bytes = 64;
constexpr std::string_view metadata_key = "__metadata__";
constexpr std::string_view digest_key = "trilby.sha256";
// The digest is part of the file that it covers, so it is computed with these digits in its place.
const std::string digest_blank(64, '0');

struct StoredType {
    std::string_view name;
    std::size_t size_bytes;
    std::uint64_t exponent = 0;  ///< its bits, all of which are set in infinity and NaN
};
constexpr std::array element_types{StoredType{"F64", 8, 0x7ff0000000000000},
                                   StoredType{"F32", 4, 0x7f800000},
                                   StoredType{"F16", 2, 0x7c00},
                                   StoredType{"BF16", 2, 0x7f80},
                                   StoredType{"I64", 8},
                                   StoredType{"I32", 4},
                                   StoredType{"I16", 2},
                                   StoredType{"I8", 1},
                                   StoredType{"U8", 1},
                                   StoredType{"BOOL", 1}};

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

std::string make_header(std::span<const TensorView> tensors, const Metadata& metadata) {
    json::object notes{{digest_key, digest_blank}};  // first, so that find() meets it first
    for (const auto& [key, value] : metadata) {
        notes[key] = value;
    }
    json::object header{{metadata_key, std::move(notes)}};
    std::size_t offset = 0;
    for (const TensorView& tensor : tensors) {
        const std::size_t end = offset + tensor.bytes.size();
        header[tensor.name] = {{"dtype", tensor.dtype},
                               {"shape", json::array(tensor.shape.begin(), tensor.shape.end())},
                               {"data_offsets", {offset, end}}};
        offset = end;
    }
    std::string text = json::serialize(header);
    // Spaces after the JSON are allowed, and align the tensors for readers that map the file.
    const std::size_t used = (length_bytes + text.size()) % alignment_bytes;
    text.append(used == 0 ? 0 : alignment_bytes - used, ' ');
    return text;
}

std::string encode_length(std::size_t length) {
    std::string bytes;
    for (std::size_t i = 0; i < length_bytes; ++i) {
        bytes += static_cast<char>(length >> (8 * i) & 0xff);
    }
    return bytes;
}

std::unexpected<Error> damaged(const std::filesystem::path& path, std::string_view why) {
    return failure(ErrorCode::bad_data,
                   fmt::format("checkpoint '{}' is damaged: {}", path.string(), why),
                   "restart the run, or resume from a copy");
}

struct OpenFile {
    platform::FileDescriptor file;
    std::size_t size_bytes;
};

Result<OpenFile> open_file(const std::filesystem::path& path) {
    platform::FileDescriptor file(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0) {
        return std::unexpected(platform::input_error(errno, path));
    }
    if (!S_ISREG(info.st_mode) || static_cast<std::size_t>(info.st_size) > file_limit_bytes) {
        return damaged(path, "not a regular file of at most 64 GiB");
    }
    return OpenFile{std::move(file), static_cast<std::size_t>(info.st_size)};
}

Result<std::vector<std::byte>> read_all(const std::filesystem::path& path) {
    TRILBY_TRY(opened, open_file(path));
    const platform::FileDescriptor& file = opened.file;
    std::vector<std::byte> content(opened.size_bytes);
    for (std::size_t filled = 0; filled < content.size();) {
        const ssize_t got = ::read(file.get(), content.data() + filled, content.size() - filled);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return damaged(path, "it could not be read to its end");
        }
        filled += static_cast<std::size_t>(got);
    }
    return content;
}

std::uint64_t little_endian(std::span<const std::byte> bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        number |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    }
    return number;
}

const StoredType* find_type(std::string_view dtype) {
    const auto* type = std::ranges::find(element_types, dtype, &StoredType::name);
    return type == element_types.end() ? nullptr : type;
}

/// Whether all numbers are finite.
bool is_finite(const TensorView& tensor) {
    const auto& [name, size_bytes, exponent] = *find_type(tensor.dtype);
    for (std::size_t at = 0; exponent != 0 && at < tensor.bytes.size(); at += size_bytes) {
        if ((little_endian(tensor.bytes.subspan(at, size_bytes)) & exponent) == exponent) {
            return false;
        }
    }
    return true;
}

/// Whether the tensors fill `data` without holes, and none shares bytes with another.
bool fill(std::vector<TensorView> tensors, std::span<const std::byte> data) {
    const auto begin = [](const TensorView& tensor) { return tensor.bytes.data(); };
    std::ranges::stable_sort(tensors, {}, [&](const TensorView& tensor) {
        return std::pair(begin(tensor), tensor.bytes.size());
    });
    const std::byte* end = data.data();
    for (const TensorView& tensor : tensors) {
        if (begin(tensor) != end) {
            return false;
        }
        end += tensor.bytes.size();
    }
    return end == data.data() + data.size();
}

/// The number of bytes for dtype and shape; nothing if they are invalid.
std::optional<std::size_t> expected_bytes(std::string_view dtype,
                                          std::span<const std::int64_t> shape) {
    const StoredType* type = find_type(dtype);
    if (type == nullptr) {
        return std::nullopt;
    }
    std::size_t size = type->size_bytes;
    for (const std::int64_t extent : shape) {
        const auto factor = static_cast<std::size_t>(extent);
        if (extent < 0 || (factor != 0 && size > file_limit_bytes / factor)) {
            return std::nullopt;
        }
        size *= factor;
    }
    return size;
}

Result<TensorView> parse_tensor(std::string name, const json::value& entry,
                                std::span<const std::byte> data) {
    const std::string where = fmt::format("tensor '{}'", printable(name, 200));
    TRILBY_TRY(fields, json::as_object(entry, where));
    TRILBY_TRY(dtype, json::get_string(fields, "dtype", where));
    TRILBY_TRY(shape, json::get_array(fields, "shape", where));
    TRILBY_TRY(offsets, json::get_array(fields, "data_offsets", where));
    TensorView tensor{std::move(name), std::move(dtype), {}, {}};
    for (const json::value& extent : shape) {
        tensor.shape.push_back(extent.is_int64() ? extent.get_int64() : -1);
    }
    const auto size = expected_bytes(tensor.dtype, tensor.shape);
    const bool has_offsets = offsets.size() == 2 && offsets[0].is_int64() &&
                             offsets[1].is_int64() && offsets[0].get_int64() >= 0 &&
                             offsets[0].get_int64() <= offsets[1].get_int64();
    if (!size || !has_offsets || static_cast<std::size_t>(offsets[1].get_int64()) > data.size() ||
        static_cast<std::size_t>(offsets[1].get_int64() - offsets[0].get_int64()) != *size) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: dtype, shape and offsets do not fit together", where));
    }
    tensor.bytes = data.subspan(static_cast<std::size_t>(offsets[0].get_int64()), *size);
    if (!is_finite(tensor)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: a value is not a finite number", where));
    }
    return tensor;
}

/// Verifies the digest of the file, which contains it.
bool digest_holds(std::span<const std::byte> content, std::size_t header_end,
                  const std::string& expected) {
    const std::string_view header(reinterpret_cast<const char*>(content.data()), header_end);
    const std::size_t at = header.find(expected);
    if (expected.size() != digest_blank.size() || at == std::string_view::npos) {
        return false;
    }
    Sha256 digest;
    digest.update(content.first(at));
    digest.update(bytes_of(digest_blank));
    digest.update(content.subspan(at + expected.size()));
    return digest.finish() == expected;
}

/// The size of the JSON header that follows the length at the start of a file of so many bytes, or
/// why the file is damaged.
std::expected<std::size_t, std::string> header_size(std::span<const std::byte> start,
                                                    std::size_t file_bytes) {
    if (start.size() < length_bytes) {
        return std::unexpected("it is shorter than its own header");
    }
    const std::uint64_t length = little_endian(start.first(length_bytes));
    if (length > header_limit_bytes || length > file_bytes - length_bytes) {
        return std::unexpected("its header claims more than the file holds");
    }
    return static_cast<std::size_t>(length);
}

/// Where the last tensor ends, as the header says.
std::uint64_t data_bytes(const json::object& header) {
    std::uint64_t end = 0;
    for (const auto& [name, entry] : header) {
        const auto fields = json::as_object(entry, name).value_or(json::object{});
        const auto offsets = json::get_array(fields, "data_offsets", name).value_or(json::array{});
        if (offsets.size() == 2 && offsets[1].is_int64() && offsets[1].get_int64() > 0) {
            end = std::max(end, static_cast<std::uint64_t>(offsets[1].get_int64()));
        }
    }
    return end;
}

Metadata parse_metadata(const json::value& entry) {
    Metadata metadata;
    for (const auto& [name, value] :
         json::as_object(entry, metadata_key).value_or(json::object{})) {
        if (value.is_string()) {
            metadata[name] = std::string(value.get_string());
        }
    }
    return metadata;
}

}  // namespace

Result<void> write_checkpoint(const std::filesystem::path& path,
                              std::span<const TensorView> tensors, const Metadata& metadata) {
    std::string header = make_header(tensors, metadata);
    const std::string length = encode_length(header.size());
    Sha256 digest;
    digest.update(bytes_of(length));
    digest.update(bytes_of(header));
    for (const TensorView& tensor : tensors) {
        digest.update(tensor.bytes);
    }
    header.replace(header.find(digest_blank), digest_blank.size(), digest.finish());

    TRILBY_TRY(file, platform::AtomicFile::create(path));
    TRILBY_CHECK(file.write(length));
    TRILBY_CHECK(file.write(header));
    for (const TensorView& tensor : tensors) {
        TRILBY_CHECK(file.write(tensor.bytes));
    }
    return file.commit();
}

Result<Metadata> read_metadata(const std::filesystem::path& path) {
    TRILBY_TRY(opened, open_file(path));
    const platform::LargeFile file(std::move(opened.file));
    const std::string start = file.read(0, std::min(length_bytes, opened.size_bytes)).value_or("");
    const auto size = header_size(bytes_of(start), opened.size_bytes);
    if (!size) {
        return damaged(path, size.error());
    }
    const auto header = json::parse_object(file.read(length_bytes, *size).value_or(""), "header");
    if (!header) {
        return damaged(path, header.error().message);
    }
    if (data_bytes(*header) != opened.size_bytes - length_bytes - *size) {
        return damaged(path, "it is not as long as its header says");
    }
    const json::value* const notes = header->if_contains(metadata_key);
    return notes == nullptr ? Metadata() : parse_metadata(*notes);
}

Result<Checkpoint> Checkpoint::read(const std::filesystem::path& path) {
    Checkpoint checkpoint;
    TRILBY_TRY(content, read_all(path));
    checkpoint.content_ = std::move(content);
    const std::span<const std::byte> bytes(checkpoint.content_);
    const auto size = header_size(bytes, bytes.size());
    if (!size) {
        return damaged(path, size.error());
    }
    const std::size_t header_end = length_bytes + *size;
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + length_bytes, *size);
    const auto header = json::parse_object(text, "header");
    if (!header) {
        return damaged(path, header.error().message);
    }
    for (const auto& [key, entry] : *header) {
        if (key == metadata_key) {
            checkpoint.metadata_ = parse_metadata(entry);
            continue;
        }
        auto tensor = parse_tensor(key, entry, bytes.subspan(header_end));
        if (!tensor) {
            return damaged(path, tensor.error().message);
        }
        checkpoint.tensors_.push_back(std::move(*tensor));
    }
    if (!digest_holds(bytes, header_end, checkpoint.metadata_[std::string(digest_key)])) {
        return damaged(path, "its SHA-256 does not match its content");
    }
    // The parser keeps only the last of several equal keys.
    if (text.substr(0, text.find_last_not_of(' ') + 1) != json::serialize(*header)) {
        return damaged(path, "its header has a key twice or is not one that Trilby wrote");
    }
    if (!fill(checkpoint.tensors_, bytes.subspan(header_end))) {
        return damaged(path, "its tensors overlap or leave bytes out");
    }
    return checkpoint;
}

}  // namespace trilby::train
