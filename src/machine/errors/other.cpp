// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The counters that are one of a kind: memory of the host (EDAC), machine checks, totals of a
/// card, faulty memory of a card, and replays of its link.

#include <algorithm>
#include <array>

#include "machine/errors/family.hpp"

namespace trilby::errors {
namespace {

using enum Remedy;

struct SingleCounter {
    std::string_view name;
    std::string_view meaning;
    Remedies remedies;
    std::uint64_t most_per_minute = 0;
};

constexpr auto single_counters = std::to_array<SingleCounter>({
    {"memory errors, corrected",
     "an error in the host's memory was corrected (ECC)",
     {watch, replace_module},
     corrections_per_minute},
    {"memory errors, not corrected",
     "an error in the host's memory could not be corrected, and data may be wrong",
     {reboot, replace_module}},
    {"machine checks, fatal",
     "a CPU reported an error that it could not correct (machine check exception)",
     {reboot, replace_cpu}},
    {"machine checks, deferred",
     "a CPU found damaged data that nothing has used yet",
     {reboot, replace_cpu}},
    {"card errors, corrected",
     "an error in the card's memory was corrected (ECC)",
     {watch, replace_card},
     corrections_per_minute},
    {"card errors, not corrected",
     "an error in the card's memory could not be corrected, and results may be wrong",
     {reboot, replace_card}},
    {"bad pages, retired",
     "a page of the card's memory had errors that could not be corrected, and is no longer used",
     {watch, replace_card}},
    {"bad pages, pending",
     "a page of the card's memory had errors that could not be corrected, and is still in use",
     {reset_amd, replace_card}},
    {"bad pages, not retired",
     "a page of the card's memory had errors that could not be corrected, and cannot be taken out "
     "of use",
     {reset_amd, replace_card}},
    {"faulty rows, pending",
     "a part of the card's memory had errors, and is in use until spare memory replaces it",
     {reset_nvidia, replace_card}},
    {"faulty rows, not replaced",
     "a part of the card's memory had errors, and there is no spare memory left for it",
     {replace_card}},
    {"link replays",
     "packets were damaged on the PCI Express link and sent again",
     {watch, reseat},
     corrections_per_minute},
});

}  // namespace

std::optional<ErrorMeaning> other_meaning(std::string_view name) {
    const auto found = std::ranges::find(single_counters, name, &SingleCounter::name);
    return found != single_counters.end()
               ? std::optional(meaning_of(ErrorOrigin::hardware, found->meaning, found->remedies,
                                          found->most_per_minute))
               : std::nullopt;
}

}  // namespace trilby::errors
