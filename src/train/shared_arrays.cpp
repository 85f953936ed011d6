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
#include "data/data_memory.hpp"
#include "data/large_memory.hpp"
#include "platform/atomic_file.hpp"
#include "platform/scratch_file.hpp"

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

/// Only a file in memory has seals.
bool is_disk_file(int descriptor) {
    return ::fcntl(descriptor, F_GET_SEALS) < 0;
}

std::unexpected<Error> memory_error(const char* doing, std::size_t size) {
    const Error error = platform::system_error(errno, doing, "shared memory");
    return failure(
        error.code, error.message,
        fmt::format("close other programs, or use fewer data: they need {}", format_bytes(size)));
}

Result<platform::FileDescriptor> create_memory_file(std::size_t size) {
    platform::FileDescriptor file(::memfd_create(memory_name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file || ::ftruncate(file.get(), static_cast<off_t>(size)) != 0) {
        return memory_error("reserve", size);
    }
    return file;
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

bool try_to_seal(int fd) {
    return ::fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) == 0;
}

/// A process that another thread is starting has the mapping too, until it executes its program.
Result<void> add_seals(int fd, std::size_t size) {
    constexpr int attempts = 1000;
    for (int i = 0; i < attempts; ++i) {
        if (try_to_seal(fd)) {
            return {};
        }
        if (errno != EBUSY) {
            break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return memory_error("seal", size);
}

std::size_t page_bytes() {
    static const auto bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return bytes;
}

std::size_t offset_in(std::span<std::byte> all, std::span<std::byte> bytes) {
    return static_cast<std::size_t>(bytes.data() - all.data());
}

/// About the pages that hold `bytes` of the mapping `all`.
void advise(std::span<std::byte> all, std::span<std::byte> bytes, int advice) {
    const std::size_t offset = offset_in(all, bytes);
    const std::size_t first = offset / page_bytes() * page_bytes();
    ::madvise(all.data() + first, offset - first + bytes.size(), advice);
}

/// Whether parts of a file may still be in memory when they are read again. Of a file that is
/// larger than the available memory, which is twice the memory for data, nothing is. What the
/// kernel keeps of it would only drive out what is needed.
bool is_worth_keeping(std::size_t size) {
    const auto memory_bytes = data::data_memory_bytes();
    return !memory_bytes || size / 2 <= *memory_bytes;
}

/// Reads a byte of each page, which waits for the disk.
void touch(std::span<const std::byte> bytes) {
    const volatile std::byte* first = bytes.data();
    for (std::size_t offset = 0; offset < bytes.size(); offset += page_bytes()) {
        static_cast<void>(first[offset]);
    }
    if (!bytes.empty()) {
        static_cast<void>(first[bytes.size() - 1]);
    }
}

}  // namespace

std::size_t ArrayLayout::row_bytes() const {
    const std::int64_t rows = shape.empty() ? 0 : shape.front();
    return rows == 0 ? 0 : size_bytes() / static_cast<std::size_t>(rows);
}

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

SharedArrays::SharedArrays(platform::FileDescriptor file, ArrayMemory memory,
                           std::vector<ArrayLayout> layout, bool is_on_disk)
    : file_(std::move(file)),
      memory_(std::move(memory)),
      layout_(std::move(layout)),
      is_on_disk_(is_on_disk),
      is_worth_keeping_(!is_on_disk || is_worth_keeping(memory_.bytes().size())) {}

Result<SharedArrays> SharedArrays::reserve(std::vector<ArrayLayout> layout) {
    TRILBY_TRY(memory_bytes, data::data_memory_bytes());
    // The values from which the arrays are filled.
    const std::uint64_t taken = std::min(memory_bytes, data::taken_pages_bytes());
    return reserve(std::move(layout), memory_bytes - taken);
}

Result<SharedArrays> SharedArrays::reserve(std::vector<ArrayLayout> layout,
                                           std::uint64_t memory_bytes) {
    const std::size_t size = total_bytes(layout);
    const bool is_on_disk = size > memory_bytes;
    TRILBY_TRY(file, is_on_disk ? platform::create_scratch_file(platform::scratch_folder(), size,
                                                                "the data")
                                : create_memory_file(size));
    TRILBY_TRY(memory, map_file(file.get(), size, PROT_READ | PROT_WRITE));
    return SharedArrays(std::move(file), std::move(memory), std::move(layout), is_on_disk);
}

Result<SharedArrays> SharedArrays::map(int descriptor, std::vector<ArrayLayout> layout,
                                       Access access) {
    const std::size_t size = total_bytes(layout);
    struct stat info {};
    if (::fstat(descriptor, &info) != 0 || std::cmp_not_equal(info.st_size, size)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the shared arrays are not {} long", format_bytes(size)));
    }
    const bool is_on_disk = is_disk_file(descriptor);
    const int protection = access == Access::read ? PROT_READ : PROT_READ | PROT_WRITE;
    TRILBY_TRY(memory, map_file(descriptor, size, protection, is_on_disk ? 0 : MAP_POPULATE));
    platform::FileDescriptor own(is_on_disk ? ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0) : -1);
    return SharedArrays(std::move(own), std::move(memory), std::move(layout), is_on_disk);
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

void SharedArrays::announce(RowUse use, std::string_view name, const data::Range& rows) const {
    const std::span<std::byte> array = bytes_of(name);
    if (!is_on_disk_ || array.empty()) {
        return;
    }
    const std::size_t row_bytes = layout_of(name).row_bytes();
    const std::span<std::byte> bytes =
        array.subspan(static_cast<std::size_t>(rows.first) * row_bytes,
                      static_cast<std::size_t>(rows.size()) * row_bytes);
    switch (use) {
        case RowUse::soon:
            advise(memory_.bytes(), bytes, MADV_WILLNEED);
            break;
        case RowUse::now:
            touch(bytes);
            break;
        case RowUse::finished:
            advise(memory_.bytes(), bytes, MADV_DONTNEED);
            drop(offset_in(memory_.bytes(), bytes), bytes.size());
            break;
    }
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
    TRILBY_CHECK(is_on_disk_ ? forbid_changes() : add_seals(file_.get(), size));
    TRILBY_TRY(memory, map_file(file_.get(), size, PROT_READ));
    memory_ = std::move(memory);
    is_sealed_ = true;
    return {};
}

/// Pages that no process maps leave memory.
void SharedArrays::drop(std::size_t offset, std::size_t size) const {
    if (!is_worth_keeping_) {
        ::posix_fadvise(file_.get(), static_cast<off_t>(offset), static_cast<off_t>(size),
                        POSIX_FADV_DONTNEED);
    }
}

/// Workers get a descriptor that cannot write.
Result<void> SharedArrays::forbid_changes() {
    if (::fdatasync(file_.get()) != 0) {
        return std::unexpected(platform::system_error(errno, "write", "the file for the data"));
    }
    drop(0, total_bytes(layout_));
    TRILBY_TRY(read_only, platform::reopen_to_read(file_));
    file_ = std::move(read_only);
    return {};
}

}  // namespace trilby::train
