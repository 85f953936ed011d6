// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a vendor's library reports about one card at work, as in docs/jobs.md. A worker asks many
/// times and libraries start slowly, so each library is started once.

#pragma once

#include <concepts>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "backends/runtimes/vendor_library.hpp"

namespace trilby::backends {

/// The values that a library reports about a card, and for each that it does not, the reason. So
/// one value that a card lacks never hides the others.
class CardTelemetry {
  public:
    /// `error_text` explains a status of the library.
    explicit CardTelemetry(std::function<std::string(int)> error_text)
        : error_text_(std::move(error_text)) {}

    /// Whether `function(arguments..., &value)` wrote a value. If not, `key` lacks one.
    template <class Value, class Signature, class... Arguments>
    [[nodiscard]] bool ask(std::string_view key, Value* value, const Function<Signature>& function,
                           Arguments... arguments) {
        const int status = function ? function(arguments..., value) : 0;
        if (!function) {
            lack(key, std::string("the library has no function ") + function.name());
        } else if (status != 0) {
            lack(key, error_text_(status));
        }
        return function && status == 0;
    }

    /// A number that may be 0.
    template <std::integral Value, class Signature, class... Arguments>
    [[nodiscard]] std::optional<Value> count(std::string_view key,
                                             const Function<Signature>& function,
                                             Arguments... arguments) {
        Value value{};
        return ask(key, &value, function, arguments...) ? known_count(key, value) : std::nullopt;
    }

    /// A number that is never 0.
    template <std::integral Value, class Signature, class... Arguments>
    [[nodiscard]] std::optional<Value> measure(std::string_view key,
                                               const Function<Signature>& function,
                                               Arguments... arguments) {
        Value value{};
        return ask(key, &value, function, arguments...) ? known_measure(key, value) : std::nullopt;
    }

    /// `value`, unless it stands for none; then `key` lacks one.
    template <std::integral Value>
    [[nodiscard]] std::optional<Value> known_count(std::string_view key, Value value) {
        return known(key, value, if_count(std::optional(value)));
    }
    template <std::integral Value>
    [[nodiscard]] std::optional<Value> known_measure(std::string_view key, Value value) {
        return known(key, value, if_measure(std::optional(value)));
    }

    template <class Value>
    void set(std::string_view key, const std::optional<Value>& value) {
        add(reading_, key, value);
    }
    /// Sets the counter of an error.
    template <class Value>
    void set_error(std::string_view name, const std::optional<Value>& count) {
        add(errors_, name, count);
    }
    void lack(std::string_view key, std::string why) { unknown_[key] = std::move(why); }

    /// `key` lacks a value for the reason that `other` does.
    void lack_too(std::string_view key, std::string_view other) {
        unknown_[key] = unknown_.at(other);
    }

    [[nodiscard]] json::object finish() &&;

  private:
    template <std::integral Value>
    std::optional<Value> known(std::string_view key, Value reported, std::optional<Value> value) {
        if (!value) {
            lack(key, "the library reports " + std::to_string(reported) + ", which is not a value");
        }
        return value;
    }

    std::function<std::string(int)> error_text_;
    json::object reading_;
    json::object errors_;
    json::object unknown_;
};

[[nodiscard]] std::expected<json::object, Refusal> nvml_telemetry(const std::string& pci_address);
[[nodiscard]] std::expected<json::object, Refusal> amd_smi_telemetry(
    const std::string& pci_address);

}  // namespace trilby::backends
