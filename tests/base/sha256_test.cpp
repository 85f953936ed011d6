// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/sha256.hpp"

#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace trilby {
namespace {

std::string sha256_in_pieces(std::string_view text, std::size_t piece_bytes) {
    Sha256 digest;
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
        digest.update(std::as_bytes(std::span(text.substr(at, piece_bytes))));
    }
    return digest.finish();
}

// The examples of FIPS 180-4.
TEST(Sha256, AgreesWithTheStandard) {
    EXPECT_EQ(sha256_in_pieces("", 1),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_in_pieces("abc", 3),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_in_pieces("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, IsIndependentOfHowTheInputIsSplit) {
    const std::string text(1000, 'a');
    for (const std::size_t piece_bytes : {1U, 63U, 64U, 65U, 1000U}) {
        EXPECT_EQ(sha256_in_pieces(text, piece_bytes), sha256_in_pieces(text, text.size()));
    }
}

}  // namespace
}  // namespace trilby
