// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/xid_log.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/text.hpp"
#include "machine/errors/error_meaning.hpp"
#include "platform/kernel_log.hpp"

namespace trilby::validate {
namespace {

constexpr const char* log_path = "/dev/kmsg";

// A log may be full of invented cards.
constexpr std::size_t most_cards = 256;

}  // namespace

void add_xid(XidCounts& counts, std::string_view message) {
    // "NVRM: Xid (PCI:0000:1b:00): 79, pid=1234, name=program, GPU has fallen off the bus."
    // "NVRM: Xid (PCI:0000:1b:00 GPU-I:05): 94, ..." is about a MIG instance of the card.
    constexpr std::string_view start = "NVRM: Xid (PCI:";
    const std::size_t at = message.find(start);
    if (at == std::string_view::npos) {
        return;
    }
    const std::string_view rest = message.substr(at + start.size());
    const std::size_t end = rest.find("): ");
    if (end == std::string_view::npos) {
        return;
    }
    const std::string_view number = rest.substr(end + 3, rest.find(',', end + 3) - (end + 3));
    const auto xid = parse_number<std::uint32_t>(trim(number));
    const std::string address = lower_case(rest.substr(0, rest.find_first_of(" )"))) + ".0";
    if (xid && is_fault_of_device(fmt::format("Xid {}", *xid)) &&
        (counts.contains(address) || counts.size() < most_cards)) {
        ++counts[address][*xid];
    }
}

Observed<XidCounts> read_xids(const platform::FileTree& tree) {
    XidCounts counts;
    const Presence presence = platform::for_each_kernel_message(
        tree.real_path(log_path), [&](std::string_view message) { add_xid(counts, message); });
    return presence == Presence::present ? Observed<XidCounts>::present(std::move(counts), log_path)
                                         : Observed<XidCounts>::missing(presence, log_path);
}

}  // namespace trilby::validate
