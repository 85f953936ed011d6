// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/catalog.hpp"

#include <algorithm>
#include <cstddef>

namespace trilby::validate {
namespace {

constexpr std::array<CheckInfo, 22> checks{{
    {"environment",
     "environment",
     "looks at the device's link, at the libraries and at the CPUs that it is given",
     "links with too few lanes, slow libraries, more threads than CPUs",
     {0.001, 0.001, 0.001},
     /*workers=*/0},
    {"elementwise",
     "arithmetic",
     "adds, multiplies, divides, takes roots and evaluates functions, against the host",
     "wrong rounding, broken lanes, wrong special values, bad conversions between types",
     {0.5, 5, 25}},
    {"matmul",
     "arithmetic",
     "multiplies matrices in every layout and odd sizes, exactly and with real numbers",
     "faults of the multiply-add units, a lower precision than asked for, broken tiles",
     {0.8, 8, 60}},
    {"convolution",
     "arithmetic",
     "convolves forward and backward with strides, padding, dilation and groups",
     "faults on the paths that images take, forward and in all three gradients",
     {0.8, 7, 45}},
    {"attention",
     "arithmetic",
     "computes attention, with and without a causal mask",
     "faults in fused kernels, and in the softmax between two matrix products",
     {0.5, 5, 30}},
    {"normalisation",
     "arithmetic",
     "normalises over batches, layers and groups, and takes the softmax",
     "faults in means, variances and exponentials over rows",
     {0.5, 5, 25}},
    {"reductions",
     "arithmetic",
     "sums, finds extremes and scans, along each dimension and over all values",
     "lost or doubled terms, wrong ends of blocks, broken tree sums",
     {0.5, 5, 25}},
    {"indexing",
     "arithmetic",
     "sorts, gathers, scatters, selects and rearranges",
     "wrong addresses, lost writes, values that are swapped",
     {0.5, 5, 25}},
    {"random",
     "arithmetic",
     "draws random numbers, tests their distribution and repeats them from their seed",
     "a generator that is biased, correlated or does not repeat",
     {0.3, 3, 10}},
    {"autograd",
     "arithmetic",
     "compares gradients with finite differences in float64",
     "a backward pass that does not belong to its forward pass",
     {0, 5, 25}},
    {"optimizers",
     "arithmetic",
     "takes steps of SGD, Adam and RMSprop, against the same steps in scalar code",
     "wrong updates of parameters and of their moments",
     {0.3, 4, 20}},
    {"training",
     "arithmetic",
     "trains a small network, which must follow the same training in float64 on the host",
     "errors that only add up over many steps",
     {1, 8, 40}},
    {"memory",
     "memory",
     "writes patterns to a share of the free memory and reads them back",
     "stuck and coupled bits, wrong addresses, lost writes",
     {1, 15, 120}},
    {"retention",
     "memory",
     "leaves patterns in memory for a while and reads them back",
     "cells that forget, and refresh that is too slow",
     {0, 4, 60}},
    {"transfers",
     "transfers",
     "copies to the device and back, and to its peers, in sizes from a page up, and times it",
     "corruption on the link, and links that are too slow",
     {0.5, 5, 20}},
    {"bandwidth",
     "performance",
     "copies, scales, adds and does triads, checks the result and times it",
     "slow memory, and memory that slows down under load",
     {0.8, 6, 30}},
    {"compute",
     "performance",
     "times large matrix products in every type, and checks them",
     "slow clocks, throttling, a slow library, and errors that only load brings out",
     {0.8, 6, 30}},
    {"latency",
     "performance",
     "starts tiny computations, in a row and one by one, counts and times them",
     "work that is lost or done twice, and a slow way to the device",
     {0.3, 3, 10}},
    {"training-speed",
     "performance",
     "times the training of a small image network, whose parameters must repeat",
     "slow paths that single operations do not show",
     {0.5, 5, 30}},
    {"determinism",
     "stability",
     "repeats the same training steps, which must agree to the last bit",
     "rare errors, and libraries that do not repeat",
     {0.4, 5, 30}},
    {"processes",
     "stability",
     "lets three processes compute and hold memory on the device at the same time",
     "a device or driver that mixes up its users",
     {0.5, 5, 30},
     /*workers=*/3},
    {"soak",
     "stability",
     "loads and idles in turn, checks every result and watches the rate",
     "errors that heat, load steps or time bring out, and throttling",
     {0, 10, 150}},
}};

}  // namespace

double CheckInfo::seconds_at(int level) const {
    return seconds.at(static_cast<std::size_t>(std::min(level, highest_timed_level) - 1));
}

std::span<const CheckInfo> known_checks() {
    return checks;
}

const CheckInfo* find_check(std::string_view name) {
    const auto* const found = std::ranges::find(checks, name, &CheckInfo::name);
    return found == checks.end() ? nullptr : found;
}

}  // namespace trilby::validate
