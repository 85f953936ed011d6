// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/operation_trace.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <span>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::validate {

/// What the memory consists of. Not local to this file, because the header names the record.
namespace trace {

constexpr std::size_t most_dimensions = 6;
constexpr std::size_t most_tensors = 6;

/// Ends with the first 0.
template <std::size_t Size>
struct Text {
    std::array<char, Size> characters;

    void write(std::string_view text) {
        const std::size_t size = std::min(text.size(), Size - 1);
        text.copy(characters.data(), size);
        characters[size] = '\0';
    }
    [[nodiscard]] std::string_view read() const {
        const auto* const end = std::ranges::find(characters, '\0');
        return {characters.data(), static_cast<std::size_t>(end - characters.begin())};
    }
};

/// At most `Capacity` values.
template <class Value, std::size_t Capacity>
struct List {
    std::uint64_t size;
    std::array<Value, Capacity> values;

    void write(std::span<const Value> from) {
        size = std::min(from.size(), Capacity);
        std::copy_n(from.data(), size, values.data());
    }
    /// Safe whatever the worker has written to `size`.
    [[nodiscard]] std::span<const Value> read() const {
        return {values.data(), std::min<std::size_t>(size, Capacity)};
    }
};

struct TensorRecord {
    Text<16> type;
    List<std::int64_t, most_dimensions> sizes;
    List<std::int64_t, most_dimensions> strides;
};

}  // namespace trace

/// The content of the memory.
struct OperationWriter::Record {
    std::uint64_t round;
    std::uint64_t draws;
    trace::Text<256> step;
    trace::Text<64> operation;
    trace::List<trace::TensorRecord, trace::most_tensors> tensors;
};

namespace {

std::unexpected<Error> memory_error(const char* doing) {
    return std::unexpected(platform::system_error(errno, doing, "the trace of a check"));
}

/// "bfloat16[75x63]", with its strides if it is not contiguous.
std::string tensor_text(const trace::TensorRecord& tensor) {
    if (tensor.type.read().empty()) {
        return "none";
    }
    std::string text =
        fmt::format("{}[{}]", tensor.type.read(), fmt::join(tensor.sizes.read(), "x"));
    if (!tensor.strides.read().empty()) {
        text += fmt::format(" strides [{}]", fmt::join(tensor.strides.read(), ", "));
    }
    return text;
}

/// "aten::mm(bfloat16[75x63], bfloat16[63x17])"
std::string call_text(std::string_view operation, std::span<const trace::TensorRecord> tensors) {
    std::vector<std::string> arguments;
    std::ranges::transform(tensors, std::back_inserter(arguments), tensor_text);
    return fmt::format("{}({})", operation, fmt::join(arguments, ", "));
}

}  // namespace

std::string_view kind_of(std::string_view operation) {
    return operation.substr(0, operation.find_first_of(",("));
}

Result<OperationTrace> OperationTrace::create() {
    platform::FileDescriptor file(::memfd_create("trilby-operation", MFD_CLOEXEC));
    if (!file || ::ftruncate(file.get(), sizeof(OperationWriter::Record)) != 0) {
        return memory_error("reserve");
    }
    return OperationTrace(std::move(file));
}

/// Reads a copy: a mapping would end this process if the worker had cut the file.
std::optional<Operation> OperationTrace::read() const {
    OperationWriter::Record record{};
    if (::pread(file_.get(), &record, sizeof record, 0) != ssize_t{sizeof record}) {
        return std::nullopt;
    }
    const std::string_view step = record.step.read();
    const std::string_view operation = record.operation.read();
    if (step.empty() && operation.empty()) {
        return std::nullopt;
    }
    std::string text(step);
    if (!operation.empty()) {
        text += (step.empty() ? "" : ": ") + call_text(operation, record.tensors.read());
    }
    return Operation{.text = printable(text), .round = record.round, .draws = record.draws};
}

Result<OperationWriter> OperationWriter::open(int descriptor) {
    void* const address =
        ::mmap(nullptr, sizeof(Record), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (address == MAP_FAILED) {
        return memory_error("map");
    }
    return OperationWriter(static_cast<Record*>(address));
}

OperationWriter::OperationWriter(OperationWriter&& other) noexcept
    : record_(std::exchange(other.record_, nullptr)) {}

OperationWriter& OperationWriter::operator=(OperationWriter&& other) noexcept {
    std::swap(record_, other.record_);
    return *this;
}

OperationWriter::~OperationWriter() {
    if (record_ != nullptr) {
        ::munmap(record_, sizeof(Record));
    }
}

void OperationWriter::begin_round(std::uint64_t round) {
    round_ = round;
    draws_ = 0;
    is_in_step_ = false;
}

void OperationWriter::write_position() {
    record_->round = round_;
    record_->draws = draws_;
}

void OperationWriter::begin_step(std::string_view name) {
    if (record_ == nullptr) {
        return;
    }
    is_in_step_ = true;
    write_position();
    record_->step.write(name);
    record_->operation.write("");
}

void OperationWriter::begin_operation(const char* name) {
    if (record_ == nullptr) {
        return;
    }
    write_position();
    if (!is_in_step_) {
        record_->step.write("");
    }
    record_->operation.write(name);
    record_->tensors.size = 0;
}

void OperationWriter::add_tensor(const TracedTensor& tensor) {
    if (record_ == nullptr || record_->tensors.size >= trace::most_tensors) {
        return;
    }
    trace::TensorRecord& record = record_->tensors.values[record_->tensors.size++];
    record.type.write(tensor.type);
    record.sizes.write(tensor.sizes);
    record.strides.write(tensor.strides);
}

}  // namespace trilby::validate
