// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/gzip_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::data {
namespace {

constexpr std::array gzip_magic{std::byte{0x1f}, std::byte{0x8b}};
constexpr int gzip_window_bits = 15 + 16;  // + 16: zlib accepts gzip and nothing else

}  // namespace

std::unexpected<Error> corrupt_file(const std::filesystem::path& path, std::string_view why) {
    return failure(ErrorCode::bad_data, fmt::format("'{}' {}", path.string(), why),
                   "get the file again; 'trilby data fetch' verifies what it downloads");
}

struct GzipFile::Inflater {
    Inflater() { is_usable = ::inflateInit2(&stream, gzip_window_bits) == Z_OK; }
    ~Inflater() { ::inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    z_stream stream{};
    std::array<std::byte, 256U << 10> input;
    bool is_usable = false;
    bool is_between_members = true;  ///< the only places where a file may end
};

Result<GzipFile> GzipFile::open(const std::filesystem::path& path) {
    platform::FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) {
        return std::unexpected(platform::input_error(errno, path));
    }
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' is not a regular file", path.string()));
    }
    GzipFile file(std::move(fd), path);
    TRILBY_CHECK(file.detect_gzip());
    return file;
}

GzipFile::GzipFile(platform::FileDescriptor file, std::filesystem::path path)
    : file_(std::move(file)), path_(std::move(path)) {}

GzipFile::GzipFile(GzipFile&&) noexcept = default;
GzipFile& GzipFile::operator=(GzipFile&&) noexcept = default;
GzipFile::~GzipFile() = default;

Result<void> GzipFile::detect_gzip() {
    std::array<std::byte, gzip_magic.size()> start{};
    const ssize_t got = ::pread(file_.get(), start.data(), start.size(), 0);
    if (got < 0) {
        return std::unexpected(platform::system_error(errno, "read", path_));
    }
    if (start == gzip_magic) {
        inflater_ = std::make_unique<Inflater>();
        if (!inflater_->is_usable) {
            return std::unexpected(platform::system_error(ENOMEM, "read", path_));
        }
    }
    return {};
}

Result<std::size_t> GzipFile::read(std::span<std::byte> bytes) {
    return inflater_ ? decompress(bytes) : read_file(bytes);
}

Result<std::size_t> GzipFile::read_file(std::span<std::byte> bytes) {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const ssize_t got = ::read(file_.get(), bytes.data() + filled, bytes.size() - filled);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return std::unexpected(platform::system_error(errno, "read", path_));
        }
        if (got == 0) {
            break;
        }
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

Result<bool> GzipFile::refill() {
    z_stream& stream = inflater_->stream;
    TRILBY_TRY(got, read_file(inflater_->input));
    stream.next_in = reinterpret_cast<Bytef*>(inflater_->input.data());
    stream.avail_in = static_cast<uInt>(got);
    return got > 0;
}

Result<std::size_t> GzipFile::decompress(std::span<std::byte> bytes) {
    constexpr std::size_t step_limit_bytes = std::size_t{1} << 30;  // zlib counts in 32 bits
    z_stream& stream = inflater_->stream;
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        if (stream.avail_in == 0) {
            TRILBY_TRY(has_input, refill());
            if (!has_input && inflater_->is_between_members) {
                break;
            }
        }
        const std::size_t step = std::min(bytes.size() - filled, step_limit_bytes);
        stream.next_out = reinterpret_cast<Bytef*>(bytes.data() + filled);
        stream.avail_out = static_cast<uInt>(step);
        const int status = ::inflate(&stream, Z_NO_FLUSH);
        filled += step - stream.avail_out;
        inflater_->is_between_members = status == Z_STREAM_END;
        if (status == Z_STREAM_END) {
            ::inflateReset(&stream);
        } else if (status == Z_BUF_ERROR) {
            return corrupt_file(path_, "ends in the middle of its gzip stream");
        } else if (status != Z_OK) {
            return corrupt_file(path_, fmt::format("cannot be decompressed: {}",
                                                   stream.msg != nullptr ? stream.msg : "damaged"));
        }
    }
    return filled;
}

}  // namespace trilby::data
