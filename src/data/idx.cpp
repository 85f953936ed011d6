// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/idx.hpp"

#include <array>
#include <fmt/format.h>

#include "base/try.hpp"

namespace trilby::data {
namespace {

constexpr std::size_t elements_limit_bytes = std::size_t{1} << 40;
constexpr unsigned unsigned_byte_type = 0x08;

}  // namespace

Result<IdxFile> IdxFile::open(const std::filesystem::path& path) {
    TRILBY_TRY(content, GzipFile::open(path));
    IdxFile file(std::move(content));
    TRILBY_CHECK(file.read_header());
    return file;
}

Result<void> IdxFile::read_header() {
    std::array<std::byte, 4> magic{};
    TRILBY_CHECK(read_exactly(magic, "its header"));
    const auto type = std::to_integer<unsigned>(magic[2]);
    const auto rank = std::to_integer<unsigned>(magic[3]);
    if (magic[0] != std::byte{0} || magic[1] != std::byte{0} || rank == 0) {
        return corrupt_file(
            path(), fmt::format("begins with {:02x} {:02x} {:02x} {:02x}, which is not an IDX file",
                                std::to_integer<unsigned>(magic[0]),
                                std::to_integer<unsigned>(magic[1]), type, rank));
    }
    if (type != unsigned_byte_type) {
        return corrupt_file(
            path(),
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
            return corrupt_file(path(),
                                fmt::format("claims more than {} bytes", elements_limit_bytes));
        }
        size_bytes_ *= size;
    }
    return {};
}

Result<void> IdxFile::read(std::span<std::byte> elements) {
    TRILBY_CHECK(read_next(elements));
    return expect_end();
}

Result<void> IdxFile::read_next(std::span<std::byte> elements) {
    return read_exactly(elements, "its elements");
}

Result<void> IdxFile::expect_end() {
    // Reading past the elements also makes zlib verify its checksum, which comes last.
    std::byte extra{};
    TRILBY_TRY(extra_bytes, file_.read({&extra, 1}));
    if (extra_bytes > 0) {
        return corrupt_file(
            path(), fmt::format("continues after the {} bytes that its header gives", size_bytes_));
    }
    return {};
}

Result<void> IdxFile::read_exactly(std::span<std::byte> bytes, std::string_view what) {
    TRILBY_TRY(got, file_.read(bytes));
    if (got < bytes.size()) {
        return corrupt_file(path(), fmt::format("ends in the middle of {}", what));
    }
    return {};
}

}  // namespace trilby::data
