// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/generator.hpp"

#include <algorithm>
#include <array>

namespace trilby::backends {

TextGenerator::TextGenerator(TextNetwork& network, const torch::Device& device,
                             const train::text::SamplingSettings& settings, std::uint64_t seed)
    : network_(network), device_(device), settings_(settings), random_(seed) {}

void TextGenerator::read(std::span<const std::int64_t> tokens) {
    const torch::NoGradGuard no_grad;
    const auto context = static_cast<std::size_t>(network_.context());
    seen_.insert(seen_.end(), tokens.begin(), tokens.end());
    std::size_t unread = tokens.size();
    if (seen_.size() > context) {
        seen_.erase(seen_.begin(), seen_.end() - static_cast<std::ptrdiff_t>(context / 2));
        memory_ = {};
        unread = seen_.size();
    }
    const auto count = static_cast<std::int64_t>(unread);
    const torch::Tensor input =
        torch::tensor(at::ArrayRef<std::int64_t>(seen_).slice(seen_.size() - unread), torch::kInt64)
            .view({1, count})
            .to(device_);
    scores_ = network_.forward(input, &memory_)[0][count - 1].to(torch::kCPU, torch::kFloat32);
}

std::int64_t TextGenerator::next() {
    const torch::Tensor scores = scores_.contiguous();
    const std::span<const float> values(scores.data_ptr<float>(),
                                        static_cast<std::size_t>(scores.numel()));
    const auto token = static_cast<std::int64_t>(train::text::sample(values, settings_, random_));
    read(std::array{token});
    return token;
}

}  // namespace trilby::backends
