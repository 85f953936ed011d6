// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/large_memory.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <sys/mman.h>

#include "data/data_memory.hpp"
#include "platform/atomic_file.hpp"
#include "platform/scratch_file.hpp"

namespace trilby::data {
namespace {

std::atomic<std::uint64_t> taken_bytes = 0;

template <class T>
T value_or_throw(Result<T> result) {
    if (!result) {
        throw platform::NoSpace(result.error());
    }
    return std::move(*result);
}

std::byte* map_pages(int descriptor, std::size_t bytes, int flags) {
    void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, descriptor, 0);
    if (pages == MAP_FAILED) {
        throw platform::NoSpace(platform::system_error(errno, "map", "memory for the data"));
    }
    return static_cast<std::byte*>(pages);
}

/// The mapping keeps the file.
std::byte* map_disk(std::size_t bytes) {
    const auto file = value_or_throw(
        platform::create_scratch_file(platform::scratch_folder(), bytes, "the data"));
    return map_pages(file.get(), bytes, MAP_SHARED);
}

}  // namespace

std::byte* take_pages(std::size_t bytes) {
    const bool is_on_disk = taken_bytes + bytes > value_or_throw(data_memory_bytes());
    std::byte* pages =
        is_on_disk ? map_disk(bytes) : map_pages(-1, bytes, MAP_PRIVATE | MAP_ANONYMOUS);
    taken_bytes += bytes;
    return pages;
}

std::uint64_t taken_pages_bytes() {
    return taken_bytes;
}

void give_back_pages(std::byte* pages, std::size_t bytes) noexcept {
    ::munmap(pages, bytes);
    taken_bytes -= bytes;
}

}  // namespace trilby::data
