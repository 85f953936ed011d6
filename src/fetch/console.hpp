// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The output of a fetch for people: a progress bar on a terminal, and one line per file.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/safe_text.hpp"
#include "fetch/fetch.hpp"
#include "platform/terminal.hpp"

namespace trilby::fetch {

/// "train-labels.gz  [#####...............]  25 %  7.2 KiB of 29 KiB", cut to `columns`.
[[nodiscard]] std::string progress_line(const train::PublishedFile& file, std::uint64_t bytes,
                                        int columns);

/// The progress bar on standard error, if that is a terminal.
class Console {
  public:
    explicit Console(platform::Terminal standard_error) : terminal_(standard_error) {}

    void show_progress(const train::PublishedFile& file, std::uint64_t bytes);
    void clear_progress();

  private:
    platform::Terminal terminal_;
    std::size_t shown_columns_ = 0;
    std::chrono::steady_clock::time_point next_;
};

/// "train-labels.gz: fetched, 29 KiB in 0.3 s, SHA-256 67da...", with the whole SHA-256.
[[nodiscard]] std::string file_line(const FileReport& report);

/// What follows the lines of the files: where they are, their license, and for a model the next
/// command.
[[nodiscard]] SafeText end_text(const train::PublicationKind& kind,
                                const train::Publication& publication,
                                const std::filesystem::path& folder);

[[nodiscard]] json::object to_json(const train::PublicationKind& kind,
                                   const train::Publication& publication,
                                   const std::filesystem::path& folder,
                                   const std::vector<FileReport>& reports);

}  // namespace trilby::fetch
