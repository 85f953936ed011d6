// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A probed value with its presence and source, so that an unknown value is never zero.

#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace trilby {

enum class Presence : std::uint8_t {
    present,    ///< read and understood
    absent,     ///< the source does not exist
    denied,     ///< the source exists, but this process may not read it
    malformed,  ///< the source was read, but its content is not valid
};

/// Denied or malformed: the source exists, unlike that of an absent value.
[[nodiscard]] constexpr bool is_unreadable(Presence presence) {
    return presence == Presence::denied || presence == Presence::malformed;
}

template <class T>
class Observed {
  public:
    /// An absent value with no source yet.
    Observed() = default;

    static Observed present(T value, std::string source) {
        return Observed(Presence::present, std::move(value), std::move(source));
    }
    /// A missing value: `why` must not be Presence::present.
    static Observed missing(Presence why, std::string source) {
        return Observed(why, T{}, std::move(source));
    }

    [[nodiscard]] Presence presence() const { return presence_; }
    [[nodiscard]] bool has_value() const { return presence_ == Presence::present; }
    explicit operator bool() const { return has_value(); }
    [[nodiscard]] bool is_unreadable() const { return trilby::is_unreadable(presence_); }

    /// Only meaningful while has_value().
    [[nodiscard]] const T& value() const { return value_; }
    const T& operator*() const { return value_; }
    const T* operator->() const { return &value_; }

    /// The value, or `fallback` if it is absent, denied or malformed.
    [[nodiscard]] T value_or(T fallback) const { return has_value() ? value_ : fallback; }

    /// The file path, instruction or system call that the value comes from.
    [[nodiscard]] const std::string& source() const { return source_; }

    /// Applies `convert` (T -> std::optional-like U) to a present value; an empty result is
    /// malformed.
    template <class F>
    [[nodiscard]] auto parse(F&& convert) const {
        using Converted = decltype(convert(value_));
        using U = typename Converted::value_type;
        if (!has_value()) {
            return Observed<U>::missing(presence_, source_);
        }
        Converted converted = convert(value_);
        if (!converted) {
            return Observed<U>::missing(Presence::malformed, source_);
        }
        return Observed<U>::present(std::move(*converted), source_);
    }

  private:
    Observed(Presence presence, T value, std::string source)
        : presence_(presence), value_(std::move(value)), source_(std::move(source)) {}

    Presence presence_ = Presence::absent;
    T value_{};
    std::string source_;
};

}  // namespace trilby
