// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_history.hpp"

#include <fmt/format.h>
#include <map>

#include "base/presence.hpp"
#include "base/read_json.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "platform/file_tree.hpp"
#include "train/describe.hpp"
#include "train/run_files.hpp"

namespace trilby::train {
namespace {

/// The content of a file beside the checkpoint; a note if it cannot be read.
std::optional<std::string> read_beside(const std::filesystem::path& checkpoint, const char* name,
                                       std::size_t limit_bytes, RunHistory& history) {
    const std::filesystem::path file = checkpoint.parent_path() / name;
    const auto text = platform::FileTree().read(file.string(), limit_bytes);
    if (!text) {
        history.notes.push_back(
            fmt::format("{} cannot be read: it {}", name, why_missing(text.presence())));
        return std::nullopt;
    }
    return *text;
}

Result<EpochEvent> parse_line(std::string_view line) {
    auto document = json::parse_object(line, metrics_name);
    return document ? json::from_json<EpochEvent>(*document, metrics_name)
                    : Result<EpochEvent>(std::unexpected(document.error()));
}

void read_epochs(const std::string& text, RunHistory& history) {
    std::map<std::int64_t, EpochEvent> epochs;
    std::size_t damaged = 0;
    for (const std::string_view line : split_lines(text)) {
        if (auto epoch = parse_line(line)) {
            epochs[epoch->epoch] = std::move(*epoch);
        } else {
            ++damaged;
        }
    }
    for (auto& [number, epoch] : epochs) {
        history.epochs.push_back(std::move(epoch));
    }
    if (damaged > 0) {
        history.notes.push_back(fmt::format("{} of {} {} damaged",
                                            counted(damaged, "line", "lines"), metrics_name,
                                            damaged == 1 ? "is" : "are"));
    }
}

void read_result(const std::string& text, RunHistory& history) {
    const auto document = json::parse_object(text, result_name);
    auto result = document ? parse_result(*document)
                           : Result<TrainingResult>(std::unexpected(document.error()));
    if (result) {
        history.result = std::move(*result);
    } else {
        history.notes.push_back(result.error().message);
    }
}

}  // namespace

RunHistory read_history(const std::filesystem::path& checkpoint) {
    constexpr std::size_t result_limit_bytes = 1U << 20;
    RunHistory history;
    if (const auto text = read_beside(checkpoint, metrics_name, metrics_limit_bytes, history)) {
        read_epochs(*text, history);
    }
    if (const auto text = read_beside(checkpoint, result_name, result_limit_bytes, history)) {
        read_result(*text, history);
    }
    return history;
}

}  // namespace trilby::train
