// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <string>

#include "backends/cores/pinned.hpp"
#include "backends/cores/work.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

/// A part of the check's time, but no longer than the seconds in which a CPU becomes hot or cold.
double part_of(const CheckRun& run, double share, double most_seconds) {
    return std::min(share, most_seconds / run.seconds());
}

void compare(CheckRun& run, cores::FoundWords& found, const cores::ExpectedWords& expected,
             const cores::Condition& condition) {
    if (!found.is_usable) {
        run.explain_skip(validate::SkipReason::not_permitted,
                         "no thread can be started, or moved to a CPU");
        run.add_lacking(cores::name_of(found.place) + ": no thread can be started, or moved to it");
        return;
    }
    run.fetch_from(found.place.cpu, found.first);
    run.fetch_from(found.place.cpu, found.second);
    run.expect_none_wrong(cores::compare(found, expected, condition.name));
}

/// Lets each group compute on the same new numbers.
void compute_on_groups(CheckRun& run, const cores::Condition& condition,
                       const cores::CpuPlace& plain_place) {
    std::array<std::uint64_t, 4> seeds{};
    std::ranges::generate(seeds, [&] { return run.bits(); });
    const cores::ExpectedWords expected = cores::expect_on(plain_place, seeds);
    for (const cores::Group& group : condition.groups) {
        for (cores::FoundWords& found : cores::compute_on(group, seeds, condition.repetitions)) {
            compare(run, found, expected, condition);
        }
    }
}

}  // namespace

void checks::cores(CheckRun& run) {
    if (!run.device().is_cpu()) {
        run.explain_skip(validate::SkipReason::not_applicable, "the device is not a CPU");
        return;
    }
    const auto places = cores::usable_places(platform::FileTree());
    if (places.empty()) {
        run.explain_skip(validate::SkipReason::not_permitted,
                         "the kernel does not list the usable CPUs");
        return;
    }
    constexpr double most_seconds = 10;
    constexpr double most_rest_seconds = 2;
    const auto conditions = cores::conditions_of(places);
    std::size_t judge = 0;
    while (run.next_round(conditions.size())) {
        const cores::Condition& condition = conditions[run.round() % conditions.size()];
        run.begin_step(std::string(condition.name));
        run.rest_until(run.progress() + part_of(run, condition.rest_share, most_rest_seconds));
        const double end = run.progress() + part_of(run, condition.share, most_seconds);
        do {
            // Another CPU each time, so that no core is the only judge.
            compute_on_groups(run, condition, places[judge++ % places.size()]);
        } while (run.goes_on() && run.progress() < end);
    }
    for (const cores::Work& work : cores::known_work()) {
        run.add_covered(std::string(work.name));
    }
    run.add_covered(fmt::format("vectors of {} bits", cores::vector_bits()));
}

}  // namespace trilby::backends
