// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace trilby::data {

/// Pages that are taken from memory, or from a file on a disk once all such pages together would be
/// more than data_memory_bytes(). Throws platform::NoSpace.
[[nodiscard]] std::byte* take_pages(std::size_t bytes);
/// Gives back what take_pages() gave for as many bytes.
void give_back_pages(std::byte* pages, std::size_t bytes) noexcept;

/// Smaller sizes come from the heap.
inline constexpr std::size_t least_large_bytes = std::size_t{1} << 20;

/// What take_pages() gave and has not got back.
[[nodiscard]] std::uint64_t taken_pages_bytes();

/// For the vectors that grow with the data.
template <class T>
struct LargeAllocator {
    using value_type = T;

    LargeAllocator() = default;
    template <class Other>
    explicit(false) LargeAllocator(const LargeAllocator<Other>& /*other*/) noexcept {}

    [[nodiscard]] T* allocate(std::size_t count) {
        return is_large(count) ? reinterpret_cast<T*>(take_pages(count * sizeof(T)))
                               : std::allocator<T>().allocate(count);
    }
    void deallocate(T* elements, std::size_t count) noexcept {
        if (is_large(count)) {
            give_back_pages(reinterpret_cast<std::byte*>(elements), count * sizeof(T));
        } else {
            std::allocator<T>().deallocate(elements, count);
        }
    }

    bool operator==(const LargeAllocator& /*other*/) const { return true; }

  private:
    static bool is_large(std::size_t count) { return count >= least_large_bytes / sizeof(T); }
};

}  // namespace trilby::data
