// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// SHA-256 from OpenSSL's libcrypto. It is a library of its own, so that programs without digests
/// do not load libcrypto.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace trilby {

class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void update(std::span<const std::byte> bytes);
    /// 64 lower-case hexadecimal digits. The object cannot be used afterwards. Empty, and so equal
    /// to no digest, if libcrypto is configured without SHA-256.
    [[nodiscard]] std::string finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace trilby
