// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/pci_names.hpp"

#include <array>
#include <string_view>

#include "base/text.hpp"

namespace trilby::sources {
namespace {

constexpr std::array database_paths{"/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids"};
constexpr std::size_t id_digits = 4;

std::optional<std::uint16_t> leading_id(std::string_view line) {
    return parse_number<std::uint16_t>(line.substr(0, id_digits), 16);
}

}  // namespace

PciNames::PciNames(const platform::FileTree& tree, std::span<const PciId> wanted) {
    for (const PciId& id : wanted) {
        names_[{id.vendor, std::nullopt}];
        names_[{id.vendor, id.device}];
    }
    missing_ = names_.size();
    for (const char* path : database_paths) {
        source_ = path;
        presence_ = tree.for_each_line(path, [this](std::string_view line) {
            take_line(line);
            return !is_complete();
        });
        if (presence_ == Presence::present) {
            break;
        }
    }
}

Observed<std::string> PciNames::vendor(PciId id) const {
    return name({id.vendor, std::nullopt});
}

Observed<std::string> PciNames::device(PciId id) const {
    return name({id.vendor, id.device});
}

/// "10de  NVIDIA Corporation" starts a vendor, "<tab>2684  AD102" is one of its devices, and a line
/// with two tabs is a subsystem.
void PciNames::take_line(std::string_view line) {
    if (line.empty() || line.starts_with('#') || line.starts_with("\t\t")) {
        return;
    }
    if (!line.starts_with('\t')) {
        const auto vendor = leading_id(line);
        current_vendor_ =
            vendor && names_.contains({*vendor, std::nullopt}) ? vendor : std::nullopt;
        if (current_vendor_) {
            take_name({*current_vendor_, std::nullopt}, line);
        }
    } else if (current_vendor_) {
        line.remove_prefix(1);
        if (const auto device = leading_id(line)) {
            take_name({*current_vendor_, device}, line);
        }
    }
}

void PciNames::take_name(const Key& key, std::string_view line) {
    const auto wanted = names_.find(key);
    const std::string_view text = trim(line.substr(std::min(id_digits, line.size())));
    if (wanted != names_.end() && wanted->second.empty() && !text.empty()) {
        wanted->second = text;
        --missing_;
    }
}

Observed<std::string> PciNames::name(const Key& key) const {
    const auto found = names_.find(key);
    if (found == names_.end() || found->second.empty()) {
        const Presence why = presence_ == Presence::present ? Presence::absent : presence_;
        return Observed<std::string>::missing(why, source_);
    }
    return Observed<std::string>::present(found->second, source_);
}

}  // namespace trilby::sources
