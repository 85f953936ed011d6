// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a check computes at any moment, in a little memory that outlives its worker.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::validate {

/// A step of a check.
struct Operation {
    std::string text;  ///< "matmul bfloat16, NN 75x63x17: aten::mm(bfloat16[75x63], ...)"
    std::uint64_t round = 0;
    /// How many sizes and other small numbers the round has drawn so far.
    std::uint64_t draws = 0;

    friend bool operator==(const Operation&, const Operation&) = default;
};

/// The name of an operation without its sizes: two operations of one kind differ in them only.
[[nodiscard]] std::string_view kind_of(std::string_view operation);

/// The side of `trilby`.
class OperationTrace {
  public:
    [[nodiscard]] static Result<OperationTrace> create();

    /// For the worker to inherit.
    [[nodiscard]] int descriptor() const { return file_.get(); }
    /// The last operation that the worker began; nothing if it began none. The worker may have
    /// written anything, so the text is made printable.
    [[nodiscard]] std::optional<Operation> read() const;

  private:
    explicit OperationTrace(platform::FileDescriptor file) : file_(std::move(file)) {}

    platform::FileDescriptor file_;
};

/// A tensor that an operation gets.
struct TracedTensor {
    std::string_view type;  ///< "bfloat16"; empty for a tensor that is not given
    std::span<const std::int64_t> sizes;
    std::span<const std::int64_t> strides;  ///< empty if the tensor is contiguous
};

/// The side of the worker. Writing copies a few bytes, without system calls, formatting or
/// allocations; OperationTrace::read() makes the text. What is too long is cut.
class OperationWriter {
  public:
    /// Writes nowhere.
    OperationWriter() = default;
    /// ErrorCode::io if `descriptor` cannot be mapped.
    [[nodiscard]] static Result<OperationWriter> open(int descriptor);
    OperationWriter(OperationWriter&& other) noexcept;
    OperationWriter& operator=(OperationWriter&& other) noexcept;
    ~OperationWriter();

    [[nodiscard]] bool is_open() const { return record_ != nullptr; }
    /// The trace keeps the last operation of the round before until the next one begins.
    void begin_round(std::uint64_t round);
    /// A number of the round was drawn.
    void count_draw() { ++draws_; }
    /// The check calls the operations that follow `name`, until end_step().
    void begin_step(std::string_view name);
    void end_step() { is_in_step_ = false; }
    /// An operation of a library begins, and gets the tensors that follow.
    void begin_operation(const char* name);
    void add_tensor(const TracedTensor& tensor);

  private:
    struct Record;
    explicit OperationWriter(Record* record) : record_(record) {}
    void write_position();
    friend class OperationTrace;

    Record* record_ = nullptr;
    std::uint64_t round_ = 0;
    std::uint64_t draws_ = 0;
    bool is_in_step_ = false;
};

}  // namespace trilby::validate
