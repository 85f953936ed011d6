// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a check computes at any moment, in a little memory that outlives its worker.

#pragma once

#include <cstdint>
#include <optional>
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

/// The side of the worker. Writing takes no system call.
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
    /// Longer texts are cut.
    void begin(const Operation& operation);

  private:
    struct Record;
    explicit OperationWriter(Record* record) : record_(record) {}
    friend class OperationTrace;

    Record* record_ = nullptr;
};

}  // namespace trilby::validate
