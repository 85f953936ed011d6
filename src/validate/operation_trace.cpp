// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/operation_trace.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "base/text.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::validate {

/// The content of the memory.
struct OperationWriter::Record {
    std::uint64_t round;
    std::uint64_t draws;
    std::array<char, 496> text;  ///< ends with the first 0
};

namespace {

std::unexpected<Error> memory_error(const char* doing) {
    return std::unexpected(platform::system_error(errno, doing, "the trace of a check"));
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
    const auto* const end = std::ranges::find(record.text, '\0');
    const std::string_view text(record.text.data(),
                                static_cast<std::size_t>(end - record.text.begin()));
    if (text.empty()) {
        return std::nullopt;
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

void OperationWriter::begin(const Operation& operation) {
    if (record_ == nullptr) {
        return;
    }
    record_->round = operation.round;
    record_->draws = operation.draws;
    const std::size_t size = std::min(operation.text.size(), record_->text.size() - 1);
    std::memcpy(record_->text.data(), operation.text.data(), size);
    record_->text[size] = '\0';
}

}  // namespace trilby::validate
