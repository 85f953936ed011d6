// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/idx.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <zlib.h>

#include "base/try.hpp"
#include "platform/file_descriptor.hpp"

namespace trilby::train {
namespace {

constexpr std::size_t elements_limit_bytes = std::size_t{4} << 30;
constexpr unsigned unsigned_byte_type = 0x08;
constexpr unsigned read_ahead_bytes = 256U << 10;

std::unexpected<Error> cannot_open(const std::filesystem::path& path, int error_number) {
    return failure(ErrorCode::no_input,
                   fmt::format("cannot read '{}': {}", path.string(),
                               std::generic_category().message(error_number)),
                   error_number == EACCES ? "mend the permissions of the file" : "check the path");
}

}  // namespace

struct IdxFile::Stream {
    explicit Stream(int fd) : file(::gzdopen(fd, "rb")) { ::gzbuffer(file, read_ahead_bytes); }
    ~Stream() { ::gzclose_r(file); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    gzFile file;
};

Result<IdxFile> IdxFile::open(const std::filesystem::path& path) {
    platform::FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) {
        return cannot_open(path, errno);
    }
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' is not a regular file", path.string()));
    }
    IdxFile file(std::make_unique<Stream>(fd.release()), path);
    TRILBY_CHECK(file.read_header());
    return file;
}

IdxFile::IdxFile(std::unique_ptr<Stream> stream, std::filesystem::path path)
    : stream_(std::move(stream)), path_(std::move(path)) {}

IdxFile::IdxFile(IdxFile&&) noexcept = default;
IdxFile& IdxFile::operator=(IdxFile&&) noexcept = default;
IdxFile::~IdxFile() = default;

Result<void> IdxFile::read_header() {
    std::array<std::byte, 4> magic{};
    TRILBY_CHECK(read_exactly(magic, "its header"));
    const auto type = std::to_integer<unsigned>(magic[2]);
    const auto rank = std::to_integer<unsigned>(magic[3]);
    if (magic[0] != std::byte{0} || magic[1] != std::byte{0} || rank == 0) {
        return corrupt(fmt::format("begins with {:02x} {:02x} {:02x} {:02x}, which is no IDX file",
                                   std::to_integer<unsigned>(magic[0]),
                                   std::to_integer<unsigned>(magic[1]), type, rank));
    }
    if (type != unsigned_byte_type) {
        return corrupt(
            fmt::format("has elements of type 0x{:02x}, expected 0x08 (unsigned bytes)", type));
    }
    size_bytes_ = 1;
    for (unsigned i = 0; i < rank; ++i) {
        std::array<std::byte, 4> big_endian{};
        TRILBY_CHECK(read_exactly(big_endian, "its header"));
        std::size_t size = 0;
        for (const std::byte byte : big_endian) {
            size = size << 8 | std::to_integer<std::size_t>(byte);
        }
        shape_.push_back(static_cast<std::int64_t>(size));
        if (size != 0 && size_bytes_ > elements_limit_bytes / size) {
            return corrupt(fmt::format("claims more than {} bytes", elements_limit_bytes));
        }
        size_bytes_ *= size;
    }
    return {};
}

Result<void> IdxFile::read(std::span<std::byte> elements) {
    TRILBY_CHECK(read_exactly(elements, "its elements"));
    std::byte extra{};
    if (::gzread(stream_->file, &extra, 1) > 0) {
        return corrupt(
            fmt::format("goes on after the {} bytes that its header promises", elements.size()));
    }
    // The checksum comes last: only now does zlib know whether the elements were right.
    int error = Z_OK;
    ::gzerror(stream_->file, &error);
    if (error != Z_OK && error != Z_STREAM_END) {
        return broken_stream("its checksum");
    }
    return {};
}

Result<void> IdxFile::read_exactly(std::span<std::byte> bytes, const char* what) {
    constexpr std::size_t step_limit_bytes = std::size_t{1} << 30;
    while (!bytes.empty()) {
        const auto step = static_cast<unsigned>(std::min(bytes.size(), step_limit_bytes));
        const int got = ::gzread(stream_->file, bytes.data(), step);
        if (got <= 0) {
            return broken_stream(what);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
    return {};
}

std::unexpected<Error> IdxFile::broken_stream(const char* what) const {
    int error = Z_OK;
    const char* text = ::gzerror(stream_->file, &error);
    if (error == Z_OK || error == Z_STREAM_END || error == Z_BUF_ERROR) {
        return corrupt(fmt::format("ends in the middle of {}", what));
    }
    return corrupt(fmt::format("cannot be unpacked: {}", text));
}

std::unexpected<Error> IdxFile::corrupt(std::string why) const {
    return failure(ErrorCode::bad_data, fmt::format("'{}' {}", path_.string(), why),
                   "get the file again; 'trilby data fetch' checks what it gets");
}

}  // namespace trilby::train
