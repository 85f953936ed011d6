// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checkpoint_writer.hpp"

#include <utility>

#include "base/stopwatch.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace {

std::uint64_t bytes_of(const NamedTensors& tensors) {
    std::uint64_t bytes = 0;
    for (const auto& [name, tensor] : tensors) {
        bytes += tensor.nbytes();
    }
    return bytes;
}

/// At most, at any time of the run.
std::uint64_t header_bytes_of(const NamedTensors& tensors, const train::Metadata& metadata) {
    constexpr std::uint64_t position_and_history = 1U << 20;
    constexpr std::uint64_t type_shape_and_place = 400;
    std::uint64_t bytes = train::to_text(metadata).size() + position_and_history;
    for (const auto& [name, tensor] : tensors) {
        bytes += name.size() + type_shape_and_place;
    }
    return bytes;
}

}  // namespace

CheckpointWriter::CheckpointWriter(std::filesystem::path newest, const train::Saving& saving)
    : series_(std::move(newest), saving.checkpoints), interval_s_(saving.interval_s) {}

CheckpointWriter::~CheckpointWriter() {
    if (writing_.valid()) {
        writing_.wait();
    }
}

Result<void> CheckpointWriter::require_space(const NamedTensors& tensors,
                                             const train::Metadata& metadata) const {
    TRILBY_CHECK(train::require_readable(bytes_of(tensors), header_bytes_of(tensors, metadata)));
    return series_.require_space(bytes_of(tensors));
}

bool CheckpointWriter::is_due() const {
    return seconds_since(last_) >= interval_s_;
}

Result<void> CheckpointWriter::start(const NamedTensors& tensors, train::Metadata metadata) {
    const auto start = Clock::now();
    TRILBY_CHECK(wait());
    TRILBY_CHECK(copy(tensors));
    // Later where no thread can be started.
    writing_ = std::async(std::launch::async | std::launch::deferred,
                          [this, kept = std::move(metadata)] { return write(kept); });
    last_ = Clock::now();
    cost_.seconds_of_training += seconds_since(start);
    return {};
}

Result<void> CheckpointWriter::finish() {
    const auto start = Clock::now();
    TRILBY_CHECK(wait());
    cost_.seconds_of_training += seconds_since(start);
    return {};
}

/// Into the same memory each time.
Result<void> CheckpointWriter::copy(const NamedTensors& tensors) {
    const torch::NoGradGuard no_grad;
    if (copies_.tensors.empty()) {
        NamedTensors empty;
        for (const auto& [name, tensor] : tensors) {
            empty.emplace_back(name, torch::empty(tensor.sizes(), tensor.scalar_type()));
        }
        cost_.bytes_each = bytes_of(tensors);
        TRILBY_TRY(made, HostTensors::of(empty));
        copies_ = std::move(made);
    }
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        copies_.tensors[i].copy_(tensors[i].second);
    }
    return {};
}

Result<void> CheckpointWriter::wait() {
    if (!writing_.valid()) {
        return {};
    }
    const Written written = writing_.get();
    TRILBY_CHECK(written.result);
    ++cost_.checkpoints;
    cost_.seconds_beside += written.seconds;
    return {};
}

CheckpointWriter::Written CheckpointWriter::write(const train::Metadata& metadata) {
    const auto start = Clock::now();
    auto result = series_.write(copies_.views, metadata);
    return {std::move(result), seconds_since(start)};
}

}  // namespace trilby::backends
