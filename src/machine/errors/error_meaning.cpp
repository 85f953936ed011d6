// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/errors/error_meaning.hpp"

#include <array>
#include <cstddef>
#include <fmt/format.h>

#include "machine/errors/family.hpp"

namespace trilby {
namespace errors {
namespace {

struct RemedyText {
    Remedy remedy;
    std::string_view text;
};

constexpr auto remedy_texts = std::to_array<RemedyText>({
    {Remedy::none, "no action is needed"},
    {Remedy::watch, "no action is needed now; watch whether the count rises"},
    {Remedy::check_program,
     "no action is needed on the machine; look for the fault in the program that used the GPU, for "
     "example with compute-sanitizer"},
    {Remedy::restart_program, "start the program again"},
    {Remedy::restart_program_and_reset_nvidia_later,
     "start the program again, and reset the GPU when nothing uses it: sudo nvidia-smi "
     "--gpu-reset"},
    {Remedy::follow_other_errors,
     "act on the errors that came with it; without any, no action is needed"},
    {Remedy::follow_kernel_log,
     "do what its line in the kernel log says: sudo journalctl -k -g Xid"},
    {Remedy::reset_nvidia,
     "stop all programs that use the GPU and reset it: sudo nvidia-smi --gpu-reset"},
    {Remedy::reset_nvidia_later, "reset the GPU when nothing uses it: sudo nvidia-smi --gpu-reset"},
    {Remedy::reset_amd,
     "stop all programs that use the GPU and reset it: sudo amd-smi reset --gpureset"},
    {Remedy::reboot, "let running work end, start no new work, and reboot"},
    {Remedy::cold_start,
     "let other work end, start no new work, and turn the machine off, so that the card loses "
     "power, then on again"},
    {Remedy::reseat,
     "check the card's seat, riser, cables, power plugs and temperature, and replace the card "
     "(RMA) if the error stays"},
    {Remedy::check_bridges,
     "check the bridges, cables and cards at both ends of the link, and replace what stays faulty "
     "(RMA)"},
    {Remedy::update, "update the driver and the firmware"},
    {Remedy::report, "report it to the card's vendor with the kernel log"},
    {Remedy::replace_card, "start no new work on the card, and have it replaced (RMA)"},
    {Remedy::replace_module,
     "find the memory module with 'ras-mc-ctl --error-count', and replace it"},
    {Remedy::replace_cpu,
     "update the system's firmware, and have CPU, memory or board replaced if the errors stay; "
     "'ras-mc-ctl --errors' shows where they are"},
});

consteval bool is_in_order() {
    for (std::size_t i = 0; i < remedy_texts.size(); ++i) {
        if (static_cast<std::size_t>(remedy_texts[i].remedy) != i) {
            return false;
        }
    }
    return true;
}
static_assert(is_in_order());

std::string_view text_of(Remedy remedy) {
    return remedy_texts[static_cast<std::size_t>(remedy)].text;
}

std::string text_of(Remedies remedies) {
    return remedies.again == Remedy::none
               ? std::string(text_of(remedies.first))
               : fmt::format("{}; if it happens again, {}", text_of(remedies.first),
                             text_of(remedies.again));
}

struct Family {
    std::string_view prefix;
    std::optional<ErrorMeaning> (*find)(std::string_view rest);
};

constexpr auto families = std::to_array<Family>({{"Xid ", xid_meaning},
                                                 {"PCIe ", pci_express_meaning},
                                                 {"RAS ", ras_meaning},
                                                 {"", other_meaning}});

}  // namespace

ErrorMeaning meaning_of(ErrorOrigin origin, std::string_view meaning, Remedies remedies,
                        std::uint64_t most_per_minute) {
    return {origin, std::string(meaning), text_of(remedies), most_per_minute};
}

std::optional<QualifiedName> split_qualified(std::string_view text) {
    const std::size_t comma = text.find(", ");
    if (comma == std::string_view::npos) {
        return std::nullopt;
    }
    return QualifiedName{text.substr(0, comma), text.substr(comma + 2)};
}

}  // namespace errors

std::string_view error_origin_name(ErrorOrigin origin) {
    switch (origin) {
        case ErrorOrigin::notice:
            return "notice";
        case ErrorOrigin::program:
            return "program";
        case ErrorOrigin::driver:
            return "driver";
        case ErrorOrigin::driver_or_hardware:
            return "driver or hardware";
        case ErrorOrigin::hardware:
            return "hardware";
    }
    return "";
}

std::optional<ErrorMeaning> error_meaning(std::string_view counter) {
    for (const errors::Family& family : errors::families) {
        if (counter.starts_with(family.prefix)) {
            return family.find(counter.substr(family.prefix.size()));
        }
    }
    return std::nullopt;
}

bool is_fault_of_device(std::string_view counter) {
    const auto known = error_meaning(counter);
    return !known ||
           (known->origin != ErrorOrigin::notice && known->origin != ErrorOrigin::program);
}

}  // namespace trilby
