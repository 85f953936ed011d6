// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/store.hpp"

#include <fstream>
#include <iterator>
#include <thread>

#include "base/sha256.hpp"
#include "base/stopwatch.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::group {
namespace {

/// Keys may have any characters.
std::filesystem::path file_of(const std::filesystem::path& folder, const std::string& key) {
    Sha256 digest;
    digest.update(std::as_bytes(std::span(key)));
    return folder / digest.finish();
}

}  // namespace

Result<void> FileStore::set(const std::string& key, const std::string& value) {
    return platform::write_file_atomically(file_of(folder_, key), value);
}

std::optional<std::string> FileStore::get(const std::string& key) {
    const auto start = std::chrono::steady_clock::now();
    while (seconds_since(start) < limit_.count()) {
        if (std::ifstream file(file_of(folder_, key), std::ios::binary); file) {
            return std::string(std::istreambuf_iterator<char>(file), {});
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return std::nullopt;
}

}  // namespace trilby::group
