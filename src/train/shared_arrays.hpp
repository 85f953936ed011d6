// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Named arrays in one memory file, through which `trilby` and a worker share data without a copy.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
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

/// Arrays of a memory file. A child process that inherits the descriptor can map them too.
class SharedArrays {
  public:
    /// Arrays of zeros. ErrorCode::io if the memory is not there.
    [[nodiscard]] static Result<SharedArrays> reserve(std::vector<ArrayLayout> layout);
    enum class Access : std::uint8_t { read, write };
    /// The arrays of another process. ErrorCode::bad_data if the file does not fit the layout.
    [[nodiscard]] static Result<SharedArrays> map(int descriptor, std::vector<ArrayLayout> layout,
                                                  Access access = Access::read);

    [[nodiscard]] const std::vector<ArrayLayout>& layout() const { return layout_; }
    /// Of reserve(), for a child process to inherit.
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

    /// ErrorCode::bad_data if an array is missing or has another type or number of dimensions: a
    /// check of what another process says.
    [[nodiscard]] Result<void> require(std::string_view name, ElementType type,
                                       std::size_t dimensions) const;

    /// From now on no process can change the arrays, nor the size of the file.
    [[nodiscard]] Result<void> seal();

  private:
    SharedArrays(platform::FileDescriptor file, ArrayMemory memory, std::vector<ArrayLayout> layout)
        : file_(std::move(file)), memory_(std::move(memory)), layout_(std::move(layout)) {}

    platform::FileDescriptor file_;
    ArrayMemory memory_;
    std::vector<ArrayLayout> layout_;
    bool is_sealed_ = false;
};

}  // namespace trilby::train
