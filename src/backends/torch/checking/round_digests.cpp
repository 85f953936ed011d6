// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/round_digests.hpp"

#include <bit>
#include <cstddef>
#include <span>

namespace trilby::backends {
namespace {

std::span<const std::byte> content_of(const torch::Tensor& host) {
    return {static_cast<const std::byte*>(host.data_ptr()), host.nbytes()};
}

}  // namespace

void RoundDigests::begin_round(std::uint64_t round) {
    const std::uint64_t step = std::bit_floor(round) / rounds_per_doubling;
    takes_round_ = step == 0 || round % step == 0;
    if (takes_round_) {
        rounds_.push_back({.number = round, .inputs = {}, .results = {}});
    }
}

void RoundDigests::add(const std::string& what, std::uint64_t drawn,
                       const std::vector<torch::Tensor>& results) {
    if (!takes_round_) {
        return;
    }
    Round& round = rounds_.back();
    round.inputs.add(what);
    round.inputs.add(drawn);
    for (const torch::Tensor& result : results) {
        round.results.add(content_of(result));
    }
}

std::vector<validate::RoundDigest> RoundDigests::report() const {
    std::vector<validate::RoundDigest> out;
    for (const Round& round : rounds_) {
        out.push_back({round.number, round.inputs.text(), round.results.text()});
    }
    return out;
}

}  // namespace trilby::backends
