// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The steps of every condition as they are printed, for every system and every kind of container.

#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "machine/systems.hpp"
#include <trilby/probe.hpp>

namespace trilby::testing {

/// Where steps are printed: a host, or a container with an image, and a host that it may show.
struct Setting {
    System system;
    ContainerKind container = ContainerKind::none;
    std::optional<System> host = std::nullopt;

    [[nodiscard]] std::string name() const;
};

struct PrintedStep {
    std::string condition;
    std::string text;
    /// The system that it is for; nothing if that is unknown.
    std::optional<System> system;
    bool is_for_host = false;

    [[nodiscard]] std::string where(const Setting& setting) const;
};

struct PrintedRemedy {
    Setting setting;
    std::string_view condition;
    std::vector<PrintedStep> steps;
};

[[nodiscard]] const std::vector<PrintedRemedy>& printed_remedies();

void for_each_step(const std::function<void(const Setting&, const PrintedStep&)>& check);
/// Every step with the one after it.
void for_each_pair(
    const std::function<void(const Setting&, const PrintedStep&, const PrintedStep&)>& check);

[[nodiscard]] bool starts_with_any(std::string_view text,
                                   std::initializer_list<std::string_view> starts);

/// Without sudo and variables: "dnf" for "sudo LC_ALL=C dnf install x".
[[nodiscard]] std::vector<std::string> words_of(std::string_view command);

/// The packages that a command installs.
[[nodiscard]] std::vector<std::string> packages_in(const std::string& command);

}  // namespace trilby::testing
