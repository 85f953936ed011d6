// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/unpack_file.hpp"

#include <algorithm>
#include <lzma.h>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <zlib.h>
#include <zstd.h>

namespace trilby::binary {
namespace {

using platform::FileDescriptor;
using platform::LargeFile;

struct Progress {
    std::size_t read_bytes = 0;
    std::size_t written_bytes = 0;
    bool is_at_end = false;
};

/// A decompressor of one format.
class Unpacker {
  public:
    Unpacker() = default;
    virtual ~Unpacker() = default;
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;

    /// Reads from the start of `packed` and writes to the start of `out`; nothing after an error.
    virtual std::optional<Progress> unpack(std::string_view packed, std::span<char> out) = 0;
};

class GzipUnpacker : public Unpacker {
  public:
    GzipUnpacker() : is_ready_(::inflateInit2(&stream_, gzip_window) == Z_OK) {}
    ~GzipUnpacker() override { ::inflateEnd(&stream_); }

    std::optional<Progress> unpack(std::string_view packed, std::span<char> out) override {
        // zlib's interface lacks const, but zlib does not write to its input.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
        stream_.avail_in = static_cast<uInt>(packed.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        const int status = is_ready_ ? ::inflate(&stream_, Z_NO_FLUSH) : Z_STREAM_ERROR;
        if (status != Z_OK && status != Z_STREAM_END) {
            return std::nullopt;
        }
        return Progress{packed.size() - stream_.avail_in, out.size() - stream_.avail_out,
                        status == Z_STREAM_END};
    }

  private:
    static constexpr int gzip_window = 16 + MAX_WBITS;

    z_stream stream_{};
    bool is_ready_;
};

class XzUnpacker : public Unpacker {
  public:
    XzUnpacker() : is_ready_(::lzma_stream_decoder(&stream_, memory_limit_bytes, 0) == LZMA_OK) {}
    ~XzUnpacker() override { ::lzma_end(&stream_); }

    std::optional<Progress> unpack(std::string_view packed, std::span<char> out) override {
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
        stream_.avail_in = packed.size();
        stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
        stream_.avail_out = out.size();
        const lzma_ret status = is_ready_ ? ::lzma_code(&stream_, LZMA_RUN) : LZMA_PROG_ERROR;
        if (status != LZMA_OK && status != LZMA_STREAM_END) {
            return std::nullopt;
        }
        return Progress{packed.size() - stream_.avail_in, out.size() - stream_.avail_out,
                        status == LZMA_STREAM_END};
    }

  private:
    static constexpr std::uint64_t memory_limit_bytes = 128U << 20;

    lzma_stream stream_ = LZMA_STREAM_INIT;
    bool is_ready_;
};

class ZstdUnpacker : public Unpacker {
  public:
    std::optional<Progress> unpack(std::string_view packed, std::span<char> out) override {
        ZSTD_inBuffer from{packed.data(), packed.size(), 0};
        ZSTD_outBuffer into{out.data(), out.size(), 0};
        const std::size_t status = ::ZSTD_decompressStream(stream_.get(), &into, &from);
        if (::ZSTD_isError(status) != 0) {
            return std::nullopt;
        }
        return Progress{from.pos, into.pos, status == 0};
    }

  private:
    std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_{::ZSTD_createDStream(),
                                                                          ::ZSTD_freeDStream};
};

/// The decompressor for a file that starts with these bytes; null if it is not compressed.
std::unique_ptr<Unpacker> unpacker_for(std::string_view start) {
    if (start.starts_with("\x1f\x8b")) {
        return std::make_unique<GzipUnpacker>();
    }
    if (start.starts_with("\xfd"
                          "7zXZ")) {
        return std::make_unique<XzUnpacker>();
    }
    return start.starts_with("\x28\xb5\x2f\xfd") ? std::make_unique<ZstdUnpacker>() : nullptr;
}

bool write_all(const FileDescriptor& file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        if (written <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Writes the decompressed content to a file.
class Output {
  public:
    Output(const FileDescriptor& file, std::uint64_t limit_bytes)
        : file_(file), left_bytes_(limit_bytes) {}

    [[nodiscard]] std::span<char> buffer() { return buffer_; }
    /// False if that is too much or cannot be written.
    [[nodiscard]] bool keep(std::size_t size_bytes) {
        if (size_bytes > left_bytes_) {
            return false;
        }
        left_bytes_ -= size_bytes;
        return write_all(file_, std::string_view(buffer_).substr(0, size_bytes));
    }

  private:
    const FileDescriptor& file_;
    std::uint64_t left_bytes_;
    std::string buffer_ = std::string(std::size_t{1} << 20, '\0');
};

enum class State : std::uint8_t { going_on, at_end, failed };

/// Decompresses a part of the file.
State unpack_part(Unpacker& unpacker, std::string_view packed, Output& out) {
    while (true) {
        const auto progress = unpacker.unpack(packed, out.buffer());
        if (!progress || !out.keep(progress->written_bytes)) {
            return State::failed;
        }
        packed.remove_prefix(progress->read_bytes);
        if (progress->is_at_end) {
            return State::at_end;
        }
        if (packed.empty() && progress->written_bytes < out.buffer().size()) {
            return State::going_on;
        }
        if (progress->read_bytes + progress->written_bytes == 0) {
            return State::failed;
        }
    }
}

}  // namespace

std::optional<LargeFile> unpack_file(const LargeFile& packed, std::uint64_t limit_bytes) {
    constexpr std::uint64_t part_bytes = 1U << 20;
    constexpr std::size_t magic_bytes = 5;
    const auto unpacker = unpacker_for(packed.read(0, magic_bytes).value_or(""));
    FileDescriptor memory(::memfd_create("trilby-unpacked", MFD_CLOEXEC));
    if (unpacker == nullptr || !memory) {
        return std::nullopt;
    }
    Output out(memory, limit_bytes);
    State state = State::going_on;
    for (std::uint64_t at = 0; state == State::going_on && at < packed.size_bytes();
         at += part_bytes) {
        const auto part = packed.read(at, std::min(part_bytes, packed.size_bytes() - at));
        state = part ? unpack_part(*unpacker, *part, out) : State::failed;
    }
    return state == State::at_end ? std::optional<LargeFile>(std::move(memory)) : std::nullopt;
}

}  // namespace trilby::binary
