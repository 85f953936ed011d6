// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "selection/requirements.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/backends.hpp"
#include "base/presence.hpp"
#include "base/text.hpp"
#include "machine/requirements.hpp"
#include "platform/environment.hpp"
#include <trilby/backend_abi.h>

namespace trilby::selection {
namespace {

constexpr std::string_view installed_id = "module-installed";
constexpr std::string_view fits_id = "module-abi";

std::string package_hint(const Facts& facts) {
    if (platform::environment_variable("TRILBY_BACKEND_DIR")) {
        return "unset TRILBY_BACKEND_DIR: while it is set, no other folder is searched";
    }
    const BackendIdentity& backend = *find_backend(facts.backend);
    if (!backend.may_be_packaged) {
        return fmt::format(
            "build the module against your own LibTorch for {}: 'trilby backend build'",
            backend.title);
    }
    const bool has_dnf = facts.machine.os.id.value_or("") == "fedora";
    return fmt::format("{}trilby-backend-{}",
                       has_dnf ? "sudo dnf install " : "install Trilby's package ", facts.backend);
}

}  // namespace

std::span<const Backend> backends() {
#define TRILBY_BACKEND_ROW(name, ...) name##_backend(),
    static const std::array known{
#include "base/backends.def"
    };
#undef TRILBY_BACKEND_ROW
    return known;
}

const InstalledBackend* find_installed(const Facts& facts) {
    if (!facts.installed) {
        return nullptr;
    }
    const auto found = std::ranges::find(*facts.installed, facts.backend, &InstalledBackend::name);
    return found == facts.installed->end() ? nullptr : &*found;
}

Requirement module_is_installed(const Facts& facts) {
    const InstalledBackend* installed = find_installed(facts);
    if (installed == nullptr) {
        return missed(
            installed_id,
            fmt::format("no trilby-backend-{}.json in {}{}", facts.backend,
                        facts.installed.source(),
                        facts.installed ? ""
                        : facts.installed.presence() == Presence::absent
                            ? " (no such folder exists)"
                            : fmt::format(" (it {})", why_missing(facts.installed.presence()))),
            package_hint(facts));
    }
    if (!installed->manifest) {
        const Error& error = installed->manifest.error();
        return missed(installed_id, error.message, error.hint);
    }
    const Manifest& manifest = *installed->manifest;
    return met(installed_id,
               fmt::format("version {} for LibTorch {} ({})", printable(manifest.version, 64),
                           printable(manifest.libtorch, 64), installed->path));
}

Requirement module_fits(const Facts& facts) {
    const InstalledBackend* installed = find_installed(facts);
    if (installed == nullptr || !installed->manifest) {
        return unknown(fits_id, "no module is installed");
    }
    const std::int64_t abi = installed->manifest->abi;
    if (abi == TRILBY_BACKEND_ABI_VERSION) {
        return met(fits_id, fmt::format("built for backend ABI {}", abi));
    }
    return missed(
        fits_id,
        fmt::format("{} has backend ABI {}, expected {}", installed->path, abi,
                    TRILBY_BACKEND_ABI_VERSION),
        "install the backend's package of the same version as trilby, or rebuild your own "
        "with 'trilby backend build'");
}

}  // namespace trilby::selection
