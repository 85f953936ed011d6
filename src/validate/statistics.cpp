// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace trilby::validate {

Rate rate_of(std::uint64_t successes, std::uint64_t trials) {
    if (trials == 0) {
        return {};
    }
    constexpr double z = 1.959963984540054;  // 95 % of the normal distribution
    const auto n = static_cast<double>(trials);
    const double p = static_cast<double>(successes) / n;
    const double center = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    return {p, std::max(0.0, center - reach), std::min(1.0, center + reach)};
}

double median(std::vector<double> values) {
    if (values.empty()) {
        return 0;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    if (values.size() % 2 == 1) {
        return *middle;
    }
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double percentile(std::vector<double> values, double share) {
    if (values.empty()) {
        return 0;
    }
    const double rank = std::ceil(share * static_cast<double>(values.size()));
    const auto place = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
    const auto found =
        values.begin() + static_cast<std::ptrdiff_t>(std::min(place, values.size() - 1));
    std::ranges::nth_element(values, found);
    return *found;
}

}  // namespace trilby::validate
