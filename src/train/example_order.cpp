// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/example_order.hpp"

#include <algorithm>

#include "train/schedule.hpp"

namespace trilby::train {
namespace {

std::int64_t steps_of_pass(const LoopSettings& settings, std::int64_t count) {
    return (count + settings.examples_per_step() - 1) / settings.examples_per_step();
}

}  // namespace

ExampleOrder::ExampleOrder(const LoopSettings& settings, std::int64_t count)
    : settings_(settings),
      count_(count),
      steps_per_epoch_(settings.steps_per_epoch > 0 ? settings.steps_per_epoch
                                                    : steps_of_pass(settings, count)) {}

std::vector<std::int64_t> ExampleOrder::examples_of(std::int64_t step) {
    const bool is_endless = settings_.steps_per_epoch > 0;
    const std::int64_t pass_steps = steps_of_pass(settings_, count_);
    const std::int64_t size = settings_.examples_per_step();
    // The position in all passes, one after the other.
    std::int64_t at =
        is_endless ? step * size : step / pass_steps * count_ + step % pass_steps * size;
    const std::int64_t end =
        is_endless ? at + size : std::min(at + size, (step / pass_steps + 1) * count_);
    std::vector<std::int64_t> examples;
    examples.reserve(static_cast<std::size_t>(end - at));
    for (; at < end; ++at) {
        examples.push_back(order_of_pass(at / count_)[static_cast<std::size_t>(at % count_)]);
    }
    return examples;
}

const std::vector<std::int64_t>& ExampleOrder::order_of_pass(std::int64_t pass) {
    if (pass != pass_) {
        order_ = epoch_order(settings_.seed, pass, count_);
        pass_ = pass;
    }
    return order_;
}

}  // namespace trilby::train
