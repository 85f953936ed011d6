// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "platform/interrupt.hpp"
#include "recording/recorder.hpp"
#include "recording/redaction.hpp"

namespace trilby::recording {

/// Writes files, links and folders of a machine below a folder, under redacted names. Fails with
/// ErrorCode::interrupted at a signal that `interrupts` has seen.
class Writer {
  public:
    Writer(std::filesystem::path folder, const Recorder& recorder, Redaction& redaction,
           platform::InterruptWatch* interrupts);

    [[nodiscard]] Result<void> file(std::string_view path, std::string_view content);
    [[nodiscard]] Result<void> link(std::string_view path, const std::string& target);
    /// Names without content stay listed.
    [[nodiscard]] Result<void> folder(std::string_view path, const std::vector<std::string>& names);

  private:
    [[nodiscard]] Result<void> entry(const std::string& path);
    [[nodiscard]] Result<void> check_interrupts() const;
    [[nodiscard]] std::filesystem::path place_of(std::string_view path) const;
    /// Follows the recorded links in the path, but not a link at its end.
    [[nodiscard]] std::string without_links(std::string path) const;

    std::filesystem::path folder_;
    const Recorder& recorder_;
    Redaction& redaction_;
    platform::InterruptWatch* interrupts_;
};

}  // namespace trilby::recording
