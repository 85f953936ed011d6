// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The errors of PCI Express (Advanced Error Reporting), by the kernel's names in
/// aer_dev_correctable, aer_dev_nonfatal and aer_dev_fatal.

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "machine/errors/family.hpp"

namespace trilby::errors {
namespace {

using enum Remedy;

/// The severity decides what to do first, the name what to do if it happens again.
struct AerSeverity {
    std::string_view name;
    std::string_view effect;
    Remedy first;
    std::uint64_t most_per_minute = 0;
};

constexpr auto aer_severities = std::to_array<AerSeverity>({
    {"corrected", "the link repaired it", watch, corrections_per_minute},
    {"not fatal", "one transfer is lost", restart_program},
    {"fatal", "the link is not reliable until it is reset", reboot},
});

struct AerKind {
    std::string_view name;
    std::string_view meaning;
    Remedy again;
};

constexpr auto aer_kinds = std::to_array<AerKind>({
    {"RxErr", "the receiver got bits that are not valid", reseat},
    {"BadTLP", "a packet with data arrived damaged", reseat},
    {"BadDLLP", "a packet of the link's own protocol arrived damaged", reseat},
    {"Rollover", "a packet was sent four times in vain, and the link was trained again", reseat},
    {"Timeout", "a packet was not acknowledged in time and was sent again", reseat},
    {"NonFatalErr", "an error that is not fatal was reported as advice only", update},
    {"CorrIntErr", "the device corrected an error of its own", replace_card},
    {"HeaderOF", "there were more errors than the log of headers holds", reseat},
    {"Undefined", "an error from before the link was up", reseat},
    {"DLP", "the link's own protocol was violated", reseat},
    {"SDES", "the link went down by surprise", reseat},
    {"TLP", "a packet was marked as damaged by its sender (poisoned)", replace_card},
    {"FCP", "the flow control of the link was violated", reseat},
    {"CmpltTO", "a request was not answered in time", reseat},
    {"CmpltAbrt", "the device gave up a request", replace_card},
    {"UnxCmplt", "an answer arrived that nothing had asked for", update},
    {"RxOF", "the receiver got more than it has room for", replace_card},
    {"MalfTLP", "a packet broke the rules of its format", replace_card},
    {"ECRC", "the end-to-end checksum of a packet was wrong", reseat},
    {"UnsupReq", "the device got a request that it does not have", update},
    {"ACSViol", "a transfer was not permitted by access control (ACS)", update},
    {"UncorrIntErr", "the device had an error of its own that it could not correct", replace_card},
    {"BlockedTLP", "a multicast packet was blocked", update},
    {"AtomicOpBlocked", "an atomic operation was blocked on its way", update},
    {"TLPBlockedErr", "a packet with a prefix was blocked", update},
    {"PoisonTLPBlocked", "a packet that was marked as damaged was blocked", replace_card},
    {"DMWrReqBlocked", "a deferrable write was blocked on its way", update},
    {"IDECheck", "the integrity check of an encrypted link failed", reseat},
    {"MisIDETLP", "a packet did not belong to its encrypted stream", update},
    {"PCRC_CHECK", "the checksum of an encrypted packet was wrong", reseat},
    {"TLPXlatBlocked", "the translation of a packet was blocked", update},
});

constexpr AerKind other_aer_kind{"", "an error that is not in Trilby's list", reseat};

}  // namespace

std::optional<ErrorMeaning> pci_express_meaning(std::string_view name) {
    const auto parts = split_qualified(name);
    const auto severity =
        std::ranges::find(aer_severities, parts ? parts->kind : "", &AerSeverity::name);
    if (severity == aer_severities.end()) {
        return std::nullopt;
    }
    const auto found = std::ranges::find(aer_kinds, parts->name, &AerKind::name);
    const AerKind& kind = found != aer_kinds.end() ? *found : other_aer_kind;
    return meaning_of(ErrorOrigin::hardware, fmt::format("{}: {}", kind.meaning, severity->effect),
                      {severity->first, kind.again}, severity->most_per_minute);
}

}  // namespace trilby::errors
