// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/zip_writer.hpp"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <zip.h>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_descriptor.hpp"

namespace trilby::tensors {
namespace {

using Handle = std::unique_ptr<zip_t, decltype(&zip_discard)>;

constexpr std::uint64_t alignment_bytes = 64;
constexpr std::uint64_t header_bytes = 30;       // of an entry, without its name
constexpr std::uint64_t extra_header_bytes = 4;  // of an extra field
constexpr std::uint16_t padding_id = 0x4246;     // "FB", as PyTorch's own padding

std::unexpected<Error> not_written(zip_t* archive, const std::filesystem::path& path) {
    zip_error_t* error = zip_get_error(archive);
    const int number = zip_error_code_system(error);
    if (number != 0) {
        return std::unexpected(platform::system_error(number, "write", path));
    }
    return failure(ErrorCode::io,
                   fmt::format("cannot write '{}': {}", path.string(), zip_error_strerror(error)));
}

/// How much padding lets the bytes of an entry begin at a multiple of the alignment; `offset` is
/// where the entry begins.
std::uint16_t padding_at(std::uint64_t offset, std::size_t name_bytes) {
    const std::uint64_t start = offset + header_bytes + name_bytes + extra_header_bytes;
    return static_cast<std::uint16_t>((alignment_bytes - start % alignment_bytes) %
                                      alignment_bytes);
}

/// False if the archive refuses. `offset` moves to the end of the entry.
bool add(zip_t* archive, const ArchiveEntry& entry, std::uint64_t& offset) {
    zip_source_t* source =
        zip_source_buffer(archive, entry.bytes.data(), entry.bytes.size(), /*freep=*/0);
    const zip_int64_t added =
        source == nullptr ? -1
                          : zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (added < 0) {
        zip_source_free(source);
        return false;
    }
    const auto index = static_cast<zip_uint64_t>(added);
    const std::uint16_t padding = padding_at(offset, entry.name.size());
    const std::string zeros(padding, '\0');
    offset += header_bytes + entry.name.size() + extra_header_bytes + padding + entry.bytes.size();
    return zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(archive, index, 0, 0, 0) == 0 &&
           zip_file_extra_field_set(archive, index, padding_id, ZIP_EXTRA_FIELD_NEW,
                                    reinterpret_cast<const zip_uint8_t*>(zeros.data()), padding,
                                    ZIP_FL_LOCAL) == 0;
}

/// libzip writes into a file of its own beside `path` and renames that.
Result<void> write_to(const std::filesystem::path& path, std::span<const ArchiveEntry> entries) {
    int error = 0;
    Handle archive(zip_open(path.c_str(), ZIP_CREATE | ZIP_EXCL, &error), &zip_discard);
    if (!archive) {
        return std::unexpected(platform::system_error(errno, "create", path));
    }
    std::uint64_t offset = 0;
    for (const ArchiveEntry& entry : entries) {
        if (!add(archive.get(), entry, offset)) {
            return not_written(archive.get(), path);
        }
    }
    if (zip_close(archive.get()) != 0) {
        return not_written(archive.get(), path);
    }
    static_cast<void>(archive.release());
    return {};
}

Result<void> publish(const std::filesystem::path& from, const std::filesystem::path& to) {
    const platform::FileDescriptor file(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    return file ? platform::publish_file(file.get(), from, to)
                : std::unexpected(platform::system_error(errno, "open", from));
}

}  // namespace

Result<void> write_archive(const std::filesystem::path& path,
                           std::span<const ArchiveEntry> entries) {
    const std::filesystem::path temporary = platform::temporary_name(path);
    Result<void> written = write_to(temporary, entries);
    if (written) {
        written = publish(temporary, path);
    }
    if (!written) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
    }
    return written;
}

}  // namespace trilby::tensors
