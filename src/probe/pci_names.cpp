// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/pci_names.hpp"

#include <array>
#include <fmt/format.h>
#include <string_view>

namespace trilby::sources {
namespace {

constexpr std::array database_paths{"/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids"};
constexpr std::size_t limit_bytes = 16U << 20;

Observed<std::string> read_database(const platform::FileTree& tree) {
    Observed<std::string> database;
    for (const char* path : database_paths) {
        database = tree.read(path, limit_bytes);
        if (database) {
            break;
        }
    }
    return database;
}

/// What follows the line start `key` on its line, and where the next line begins.
struct Line {
    std::string_view name;
    std::string_view rest;
};

/// The first line of `text` that begins with `key`, which starts with a line feed; empty if none.
Line find_line(std::string_view text, const std::string& key) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) {
        return {};
    }
    const std::string_view after = text.substr(at + key.size());
    const std::size_t end = std::min(after.find('\n'), after.size());
    return {after.substr(0, end), after.substr(end)};
}

/// The lines of one vendor's devices: those that are indented.
std::string_view indented_block(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size()) {
        const bool continues =
            end + 1 < text.size() &&
            (text[end + 1] == '\t' || text[end + 1] == '#' || text[end + 1] == '\n');
        if (!continues) {
            break;
        }
        end = std::min(text.find('\n', end + 1), text.size());
    }
    return text.substr(0, end);
}

Observed<std::string> named(std::string_view name, const Observed<std::string>& database) {
    if (name.empty()) {
        const Presence why = database ? Presence::absent : database.presence();
        return Observed<std::string>::missing(why, database.source());
    }
    return Observed<std::string>::present(std::string(name), database.source());
}

Line vendor_line(const Observed<std::string>& database, std::uint16_t vendor_id) {
    return find_line(database ? std::string_view(*database) : std::string_view(),
                     fmt::format("\n{:04x}  ", vendor_id));
}

}  // namespace

PciNames::PciNames(const platform::FileTree& tree) : database_(read_database(tree)) {}

Observed<std::string> PciNames::vendor(std::uint16_t vendor_id) const {
    return named(vendor_line(database_, vendor_id).name, database_);
}

Observed<std::string> PciNames::device(std::uint16_t vendor_id, std::uint16_t device_id) const {
    const std::string_view devices = indented_block(vendor_line(database_, vendor_id).rest);
    return named(find_line(devices, fmt::format("\n\t{:04x}  ", device_id)).name, database_);
}

}  // namespace trilby::sources
