// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Values that all processes of a group see while they look for each other.

#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include <trilby/result.hpp>

namespace trilby::group {

class Store {
  public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default;

    [[nodiscard]] virtual Result<void> set(const std::string& key, const std::string& value) = 0;
    /// Waits for the value. Nothing if the time of the group is over.
    [[nodiscard]] virtual std::optional<std::string> get(const std::string& key) = 0;
};

/// For processes that see the same folder: a file for each value.
class FileStore : public Store {
  public:
    FileStore(std::filesystem::path folder, std::chrono::duration<double> limit)
        : folder_(std::move(folder)), limit_(limit) {}

    [[nodiscard]] Result<void> set(const std::string& key, const std::string& value) override;
    [[nodiscard]] std::optional<std::string> get(const std::string& key) override;

  private:
    std::filesystem::path folder_;
    std::chrono::duration<double> limit_;
};

}  // namespace trilby::group
