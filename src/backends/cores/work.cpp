// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cores/work.hpp"

#include "backends/cores/scalars.hpp"
#include "backends/cores/vectors.hpp"

namespace trilby::cores {
namespace {

constexpr std::array all_work{
    Work{"integers", integer_chains, expected_integer_chains},
    Work{"float64", real_chains, expected_real_chains},
    Work{"float32 vectors", float_vectors, expected_floats},
    Work{"float64 vectors", double_vectors, expected_doubles},
    Work{"int32 vectors", integer_vectors, expected_integers},
    Work{"matrix products", matrix_product, expected_product},
    Work{"compression", compression, expected_compression},
    Work{"copies of memory", copies, expected_copies},
};

}  // namespace

std::span<const Work> known_work() {
    return all_work;
}

}  // namespace trilby::cores
