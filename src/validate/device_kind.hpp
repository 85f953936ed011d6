// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What kind of device is validated: a whole card, or a part of one, which is a device of its own.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "validate/validation.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

enum class DeviceKind : std::uint8_t {
    cpu,               ///< not on a PCI bus
    card,              ///< a whole card, or a GPU in the CPU
    mig_instance,      ///< a part of an NVIDIA card (Multi-Instance GPU)
    partition,         ///< a part of an AMD card
    virtual_function,  ///< a part of a card, by SR-IOV; in a virtual machine it looks like a card
};

/// "CPU", "card", "MIG instance", "partition", "virtual function".
[[nodiscard]] std::string_view device_kind_text(DeviceKind kind);

[[nodiscard]] DeviceKind device_kind(const Machine& machine, const Subject& subject);

/// Whether the device shares the link and the power of its card with other parts of it.
[[nodiscard]] bool shares_its_card(const Machine& machine, const Subject& subject);

/// A card, or parts of one, that the backend does not show, so that no device stands for it.
struct UnseenCard {
    std::string address;
    std::string message;  ///< "1 of its 7 MIG instances validated"
    std::string remedy;
};

/// The cards that `backend` should be able to use, as far as none of `subjects` stands for them.
[[nodiscard]] std::vector<UnseenCard> unseen_cards(const Machine& machine, std::string_view backend,
                                                   const std::vector<Subject>& subjects);

}  // namespace trilby::validate
