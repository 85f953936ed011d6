// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/checking/digest.hpp"
#include "validate/check_report.hpp"

namespace trilby::backends {

/// The digests of what a check computes in some of its rounds: all of the first ones, and as many
/// in each doubling after that. Which ones does not depend on how many rounds there will be.
class RoundDigests {
  public:
    static constexpr std::uint64_t rounds_per_doubling = 16;

    void begin_round(std::uint64_t round);
    /// The results of one computation, on the host. `drawn` tells apart what was drawn for it.
    void add(const std::string& what, std::uint64_t drawn,
             const std::vector<torch::Tensor>& results);

    [[nodiscard]] std::vector<validate::RoundDigest> report() const;

  private:
    struct Round {
        std::uint64_t number;
        Digest inputs;
        Digest results;
    };

    std::vector<Round> rounds_;
    bool takes_round_ = false;
};

}  // namespace trilby::backends
