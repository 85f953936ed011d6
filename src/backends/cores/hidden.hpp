// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

namespace trilby::cores {

/// Makes the compiler forget what it knows about `value`, at no cost but a store. Otherwise it
/// would see that both computations of an answer start from the same value, and do only one of
/// them.
template <class T>
[[gnu::always_inline]] inline void hide(T& value) {
    asm volatile("" : "+m"(value));
}

}  // namespace trilby::cores
