// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Facts for tests that make a Machine by hand.

#pragma once

#include <string>
#include <utility>

#include <trilby/observed.hpp>

namespace trilby::testing {

template <class T>
Observed<T> fact(T value, std::string source = "/made") {
    return Observed<T>::present(std::move(value), std::move(source));
}

template <class T>
Observed<T> missing(Presence why = Presence::absent, std::string source = "/made") {
    return Observed<T>::missing(why, std::move(source));
}

}  // namespace trilby::testing
