// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <vector>

#include "backends/torch/checking/timed_product.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

std::vector<TimedProduct> products_of_all_types(CheckRun& run) {
    std::vector<TimedProduct> products;
    for (const auto type : real_types()) {
        run.where_supported("matmul " + type_name(type),
                            [&] { products.push_back(TimedProduct::of_type(run, type)); });
    }
    return products;
}

}  // namespace

void checks::compute(CheckRun& run) {
    std::vector<TimedProduct> products;
    while (run.next_round()) {
        if (products.empty()) {
            products = products_of_all_types(run);
        }
        for (TimedProduct& product : products) {
            product.repeat(run);
        }
    }
    for (const TimedProduct& product : products) {
        product.report(run);
    }
}

}  // namespace trilby::backends
