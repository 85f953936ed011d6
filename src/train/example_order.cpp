// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/example_order.hpp"

#include <algorithm>

namespace trilby::train {
namespace {

std::int64_t steps_of_pass(const LoopSettings& settings, std::int64_t count) {
    return (count + settings.examples_per_step() - 1) / settings.examples_per_step();
}

}  // namespace

ExampleOrder::ExampleOrder(const LoopSettings& settings, std::int64_t count, const Shuffle& shuffle)
    : settings_(settings),
      count_(count),
      shuffle_(shuffle),
      steps_per_epoch_(settings.steps_per_epoch > 0 ? settings.steps_per_epoch
                                                    : steps_of_pass(settings, count)) {}

data::Range ExampleOrder::positions_of(std::int64_t step) const {
    const std::int64_t size = settings_.examples_per_step();
    if (settings_.steps_per_epoch > 0) {
        return {step * size, (step + 1) * size};
    }
    const std::int64_t pass_steps = steps_of_pass(settings_, count_);
    const std::int64_t start = step / pass_steps * count_;
    const std::int64_t first = start + step % pass_steps * size;
    return {first, std::min(first + size, start + count_)};
}

std::vector<std::int64_t> ExampleOrder::examples_of(std::int64_t step) {
    const data::Range positions = positions_of(step);
    std::vector<std::int64_t> examples;
    examples.reserve(static_cast<std::size_t>(positions.size()));
    for (std::int64_t at = positions.first; at < positions.last; ++at) {
        examples.push_back(order_of_pass(at / count_).example_at(at % count_));
    }
    return examples;
}

std::int64_t ExampleOrder::first_window_of(std::int64_t step) {
    return window_at(positions_of(step).first);
}

std::int64_t ExampleOrder::last_window_of(std::int64_t step) {
    return window_at(positions_of(step).last - 1);
}

std::int64_t ExampleOrder::window_at(std::int64_t position) {
    const PassOrder& order = order_of_pass(position / count_);
    return position / count_ * order.windows() + order.window_of(position % count_);
}

std::vector<data::Range> ExampleOrder::blocks_of(std::int64_t window) {
    const std::int64_t windows = order_of_pass(std::max<std::int64_t>(0, pass_)).windows();
    return order_of_pass(window / windows).blocks_of(window % windows);
}

PassOrder& ExampleOrder::order_of_pass(std::int64_t pass) {
    if (pass != pass_) {
        order_.emplace(settings_.seed, pass, count_, shuffle_);
        pass_ = pass;
    }
    return *order_;
}

}  // namespace trilby::train
