// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Lets permissions apply in tests that run as root.

#pragma once

#include <stdexcept>
#include <unistd.h>

namespace trilby::testing {

/// While it exists, root acts as the user "nobody". Other users stay who they are.
class Unprivileged {
  public:
    Unprivileged() : is_root_(::geteuid() == 0) {
        constexpr uid_t nobody = 65534;
        if (is_root_ && ::seteuid(nobody) != 0) {
            throw std::runtime_error("cannot act as the user 'nobody'");
        }
    }
    ~Unprivileged() {
        if (is_root_) {
            static_cast<void>(::seteuid(0));
        }
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;

  private:
    bool is_root_;
};

}  // namespace trilby::testing
