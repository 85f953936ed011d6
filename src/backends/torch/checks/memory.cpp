// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <string>

#include "backends/torch/checking/memory_region.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

struct NamedPattern {
    gpu::Pattern pattern;
    const char* name;
};

constexpr std::array patterns{NamedPattern{gpu::Pattern::address, "address in address"},
                              NamedPattern{gpu::Pattern::random, "random words"},
                              NamedPattern{gpu::Pattern::walking_one, "walking bits"},
                              NamedPattern{gpu::Pattern::checkerboard, "checkerboard"}};

/// A step of moving inversions: every word is read, replaced by its complement, and read again.
void check_pattern(CheckRun& run, const MemoryRegion& region, const NamedPattern& pattern) {
    gpu::Filling filling{pattern.pattern, run.bits(), false};
    region.fill(filling);
    region.check_and_invert(pattern.name, filling);
    filling.is_inverted = true;
    region.check(std::string(pattern.name) + ", inverted", filling);
}

}  // namespace

void checks::memory(CheckRun& run) {
    const MemoryRegion region(run);
    while (run.next_round(patterns.size())) {
        check_pattern(run, region, patterns.at(run.round() % patterns.size()));
    }
    region.measure_size();
}

}  // namespace trilby::backends
