// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Named arrays in one file, through which `trilby` and a worker share data without a copy. The
/// file is in memory, or on a disk if the arrays are larger than the memory for data.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "data/part.hpp"
#include "platform/file_descriptor.hpp"
#include "train/layers.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

enum class ElementType : std::uint8_t { u8, i32, i64, f32 };

struct ArrayLayout {
    std::string name;
    ElementType type = ElementType::u8;
    Shape shape;  ///< row-major; a size may be 0

    [[nodiscard]] std::size_t size_bytes() const;
    /// The bytes of one row: a step in the first dimension.
    [[nodiscard]] std::size_t row_bytes() const;
};

/// What a worker needs to know to map the arrays of a memory file.
[[nodiscard]] json::array to_json(const std::vector<ArrayLayout>& layout);
[[nodiscard]] Result<std::vector<ArrayLayout>> parse_array_layout(const json::object& document,
                                                                  std::string_view key);

/// The memory of arrays; a mapping for a lifetime.
class ArrayMemory {
  public:
    ArrayMemory() = default;
    ArrayMemory(std::byte* bytes, std::size_t size) : bytes_(bytes), size_(size) {}
    ArrayMemory(ArrayMemory&& other) noexcept;
    ArrayMemory& operator=(ArrayMemory&& other) noexcept;
    ~ArrayMemory();

    [[nodiscard]] std::span<std::byte> bytes() const { return {bytes_, size_}; }

  private:
    std::byte* bytes_ = nullptr;
    std::size_t size_ = 0;
};

/// What a process will do with rows of an array on disk.
enum class RowUse : std::uint8_t {
    soon,     ///< they are read into memory meanwhile
    now,      ///< they are in memory when the call returns
    finished  ///< they are not needed soon, and leave memory if all data do not fit
};

/// Arrays of a file. A child process that inherits the descriptor can map them too.
class SharedArrays {
  public:
    /// Arrays of zeros; on disk if they are larger than `memory_bytes`. ErrorCode::io if there is
    /// no room.
    [[nodiscard]] static Result<SharedArrays> reserve(std::vector<ArrayLayout> layout,
                                                      std::uint64_t memory_bytes);
    /// The same with what is left of data::data_memory_bytes().
    [[nodiscard]] static Result<SharedArrays> reserve(std::vector<ArrayLayout> layout);
    enum class Access : std::uint8_t { read, write };
    /// The arrays of another process. ErrorCode::bad_data if the file does not fit the layout.
    [[nodiscard]] static Result<SharedArrays> map(int descriptor, std::vector<ArrayLayout> layout,
                                                  Access access = Access::read);

    [[nodiscard]] const std::vector<ArrayLayout>& layout() const { return layout_; }
    [[nodiscard]] bool is_on_disk() const { return is_on_disk_; }
    [[nodiscard]] std::uint64_t size_bytes() const { return memory_.bytes().size(); }
    /// The file of reserve(), for a child process to inherit.
    [[nodiscard]] int descriptor() const { return file_.get(); }

    [[nodiscard]] bool has(std::string_view name) const;
    /// The array's shape; `name` must exist.
    [[nodiscard]] const ArrayLayout& layout_of(std::string_view name) const;
    /// The elements of an array, whose name and type must be right.
    template <class Element>
    [[nodiscard]] std::span<Element> elements(std::string_view name) const {
        const std::span<std::byte> bytes = bytes_of(name);
        return {reinterpret_cast<Element*>(bytes.data()), bytes.size() / sizeof(Element)};
    }
    [[nodiscard]] std::span<std::byte> bytes_of(std::string_view name) const;

    /// Tells the kernel how rows of an array on disk will be used. Does nothing for arrays in
    /// memory.
    void announce(RowUse use, std::string_view name, const data::Range& rows) const;

    /// ErrorCode::bad_data if an array is missing or has another type or number of dimensions: a
    /// check of what another process says.
    [[nodiscard]] Result<void> require(std::string_view name, ElementType type,
                                       std::size_t dimensions) const;

    /// From now on no process can change the arrays, nor the size of the file.
    [[nodiscard]] Result<void> seal();

  private:
    SharedArrays(platform::FileDescriptor file, ArrayMemory memory, std::vector<ArrayLayout> layout,
                 bool is_on_disk);

    Result<void> forbid_changes();
    void drop(std::size_t offset, std::size_t size) const;

    platform::FileDescriptor file_;
    ArrayMemory memory_;
    std::vector<ArrayLayout> layout_;
    bool is_on_disk_ = false;
    bool is_worth_keeping_ = true;  ///< in memory, while it is not used
    bool is_sealed_ = false;
};

}  // namespace trilby::train
