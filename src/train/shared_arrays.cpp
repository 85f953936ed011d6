// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/shared_arrays.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits>
#include <sys/mman.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/describe.hpp"
#include "base/enum_name.hpp"
#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "base/write_json.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::train {

TRILBY_DESCRIBE_ENUM(ElementType, '_', u8, i32, i64, f32)
TRILBY_DESCRIBE(ArrayLayout, name, type, shape)

namespace {

constexpr const char* memory_name = "trilby-arrays";
constexpr std::size_t alignment = 64;  // of vector registers and cache lines

std::size_t element_bytes(ElementType type) {
    constexpr std::array<std::size_t, 4> bytes{1, 4, 8, 4};
    return bytes[static_cast<std::size_t>(type)];
}

std::size_t aligned(std::size_t bytes) {
    return (bytes + alignment - 1) / alignment * alignment;
}

std::size_t total_bytes(const std::vector<ArrayLayout>& layout) {
    std::size_t total = 0;
    for (const ArrayLayout& array : layout) {
        total += aligned(array.size_bytes());
    }
    return std::max(total, alignment);  // an empty file cannot be mapped
}

std::unexpected<Error> memory_error(const char* doing, std::size_t size) {
    const Error error = platform::system_error(errno, doing, "shared memory");
    return failure(
        error.code, error.message,
        fmt::format("close other programs, or use fewer data: they need {}", format_bytes(size)));
}

Result<ArrayMemory> map_file(int descriptor, std::size_t size, int protection, int flags = 0) {
    void* address = ::mmap(nullptr, size, protection, MAP_SHARED | flags, descriptor, 0);
    if (address == MAP_FAILED) {
        return memory_error("map", size);
    }
    return ArrayMemory(static_cast<std::byte*>(address), size);
}

/// Refuses a layout whose size in bytes is beyond any memory.
Result<void> check_size(const ArrayLayout& array) {
    constexpr double most_bytes = 1e15;
    double bytes = 8.0;
    bool is_valid = array.shape.size() <= 8;
    for (const std::int64_t size : array.shape) {
        is_valid = is_valid && size >= 0;
        bytes *= static_cast<double>(std::max<std::int64_t>(1, size));
    }
    if (is_valid && bytes <= most_bytes) {
        return {};
    }
    return failure(ErrorCode::bad_data, fmt::format("array '{}' has the impossible shape {}",
                                                    array.name, format_shape(array.shape)));
}

/// A process that another thread is starting has the mapping too, until it executes its program.
bool add_seals(int fd) {
    constexpr int attempts = 1000;
    for (int i = 0; i < attempts; ++i) {
        if (::fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0) {
            return true;
        }
        if (errno != EBUSY) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

}  // namespace

std::size_t ArrayLayout::size_bytes() const {
    return element_bytes(type) * static_cast<std::size_t>(element_count(shape));
}

json::array to_json(const std::vector<ArrayLayout>& layout) {
    json::array out;
    for (const ArrayLayout& array : layout) {
        out.push_back(json::to_json(array, json::whole_texts));
    }
    return out;
}

Result<std::vector<ArrayLayout>> parse_array_layout(const json::object& document,
                                                    std::string_view key) {
    std::vector<ArrayLayout> layout;
    TRILBY_CHECK(json::Reader(json::ReadLimits()).read(layout, document, key, "params"));
    for (const ArrayLayout& array : layout) {
        TRILBY_CHECK(check_size(array));
    }
    return layout;
}

ArrayMemory::ArrayMemory(ArrayMemory&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}

ArrayMemory& ArrayMemory::operator=(ArrayMemory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
}

ArrayMemory::~ArrayMemory() {
    if (bytes_ != nullptr) {
        ::munmap(bytes_, size_);
    }
}

Result<SharedArrays> SharedArrays::reserve(std::vector<ArrayLayout> layout) {
    const std::size_t size = total_bytes(layout);
    platform::FileDescriptor file(::memfd_create(memory_name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file || ::ftruncate(file.get(), static_cast<off_t>(size)) != 0) {
        return memory_error("reserve", size);
    }
    TRILBY_TRY(memory, map_file(file.get(), size, PROT_READ | PROT_WRITE));
    return SharedArrays(std::move(file), std::move(memory), std::move(layout));
}

Result<SharedArrays> SharedArrays::map(int descriptor, std::vector<ArrayLayout> layout,
                                       Access access) {
    const std::size_t size = total_bytes(layout);
    struct stat info {};
    if (::fstat(descriptor, &info) != 0 || std::cmp_not_equal(info.st_size, size)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the shared arrays are not {} long", format_bytes(size)));
    }
    const int protection = access == Access::read ? PROT_READ : PROT_READ | PROT_WRITE;
    TRILBY_TRY(memory, map_file(descriptor, size, protection, MAP_POPULATE));
    return SharedArrays(platform::FileDescriptor(), std::move(memory), std::move(layout));
}

bool SharedArrays::has(std::string_view name) const {
    return std::ranges::find(layout_, name, &ArrayLayout::name) != layout_.end();
}

const ArrayLayout& SharedArrays::layout_of(std::string_view name) const {
    return *std::ranges::find(layout_, name, &ArrayLayout::name);
}

std::span<std::byte> SharedArrays::bytes_of(std::string_view name) const {
    std::span<std::byte> rest = memory_.bytes();
    for (const ArrayLayout& array : layout_) {
        if (array.name == name) {
            return rest.first(array.size_bytes());
        }
        rest = rest.subspan(aligned(array.size_bytes()));
    }
    return {};
}

Result<void> SharedArrays::require(std::string_view name, ElementType type,
                                   std::size_t dimensions) const {
    if (has(name) && layout_of(name).type == type && layout_of(name).shape.size() == dimensions) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("the array '{}', {} with {} dimension{}, is missing", name,
                               enum_name(type), dimensions, dimensions == 1 ? "" : "s"));
}

Result<void> SharedArrays::seal() {
    if (is_sealed_) {
        return {};
    }
    const std::size_t size = memory_.bytes().size();
    memory_ = ArrayMemory();  // sealing requires that no writable mapping exists
    if (!add_seals(file_.get())) {
        return memory_error("seal", size);
    }
    TRILBY_TRY(memory, map_file(file_.get(), size, PROT_READ));
    memory_ = std::move(memory);
    is_sealed_ = true;
    return {};
}

}  // namespace trilby::train
