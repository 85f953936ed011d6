// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/table/joined_inputs.hpp"

namespace trilby::backends {

std::vector<std::int64_t> code_counts(const train::table::Schema& schema) {
    std::vector<std::int64_t> counts = train::table::level_counts(schema);
    for (std::int64_t& count : counts) {
        ++count;
    }
    return counts;
}

torch::Tensor joined_inputs(const Batch& inputs, const std::vector<std::int64_t>& code_counts) {
    std::vector<torch::Tensor> parts{inputs[0]};
    for (std::size_t i = 0; i < code_counts.size(); ++i) {
        const torch::Tensor codes = inputs[1].select(1, static_cast<std::int64_t>(i));
        parts.push_back(torch::one_hot(codes, code_counts[i]).to(torch::kFloat32));
    }
    return torch::cat(parts, 1);
}

}  // namespace trilby::backends
