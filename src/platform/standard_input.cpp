// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/standard_input.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::platform {
namespace {

std::unexpected<Error> failed(const char* doing) {
    return std::unexpected(system_error(errno, doing, "standard input"));
}

}  // namespace

Result<StandardInput> StandardInput::read() {
    constexpr std::uint64_t limit_bytes = std::uint64_t{4} << 30;
    FileDescriptor memory(::memfd_create("standard input", MFD_CLOEXEC));
    if (!memory) {
        return failed("keep");
    }
    std::array<char, 65'536> piece;
    std::uint64_t total = 0;
    while (total <= limit_bytes) {
        const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (got == 0) {
            return StandardInput(std::move(memory));
        }
        if (got < 0 && errno != EINTR) {
            return failed("read");
        }
        const std::size_t size = got < 0 ? 0 : static_cast<std::size_t>(got);
        TRILBY_CHECK(write_all(memory.get(), std::string_view(piece.data(), size),
                               "the copy of standard input"));
        total += size;
    }
    return failure(ErrorCode::bad_data, "standard input is longer than 4 GiB",
                   "give the path of a file");
}

std::filesystem::path StandardInput::path() const {
    return fmt::format("/proc/self/fd/{}", memory_.get());
}

}  // namespace trilby::platform
