// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_history.hpp"

#include <fmt/format.h>
#include <map>

#include "base/presence.hpp"
#include "base/read_json.hpp"
#include "base/units.hpp"
#include "train/metrics_reader.hpp"
#include "train/run_files.hpp"
#include "train/run_result.hpp"

namespace trilby::train {
namespace {

std::string missing_note(const char* name) {
    return fmt::format("{} cannot be read: it {}", name, why_missing(Presence::absent));
}

void note_damage(std::size_t lines, RunHistory& history) {
    if (lines > 0) {
        history.notes.push_back(fmt::format("{} of {} {} damaged", counted(lines, "line", "lines"),
                                            metrics_name, lines == 1 ? "is" : "are"));
    }
}

void read_epochs(const std::filesystem::path& file, RunHistory& history) {
    if (!has_entry(file)) {
        history.notes.push_back(missing_note(metrics_name));
        return;
    }
    std::map<std::int64_t, EpochEvent> epochs;
    std::size_t damaged = 0;
    MetricsReader reader(file);
    const auto read = reader.read_new_lines([&](std::string_view line) {
        if (auto epoch = parse_epoch(line)) {
            epochs[epoch->epoch] = std::move(*epoch);
        } else {
            ++damaged;
        }
        return true;
    });
    if (!read) {
        history.notes.push_back(fmt::format("{} cannot be read", metrics_name));
    }
    for (auto& [number, epoch] : epochs) {
        history.epochs.push_back(std::move(epoch));
    }
    note_damage(damaged + (reader.has_half_line() ? 1 : 0), history);
}

void take_result(const json::object& document, RunHistory& history) {
    auto result = parse_result(document);
    if (!result) {
        history.notes.push_back(result.error().message);
        return;
    }
    history.result = std::move(*result);
    if (auto context = json::from_json<ResultContext>(document, result_name)) {
        history.machine = std::move(context->machine);
    }
}

void read_result(const std::filesystem::path& run, RunHistory& history) {
    const auto document = read_result_document(run);
    if (!document) {
        history.notes.push_back(document.error().message);
    } else if (!*document) {
        history.notes.push_back(missing_note(result_name));
    } else {
        take_result(**document, history);
    }
}

}  // namespace

RunHistory read_history(const std::filesystem::path& checkpoint) {
    RunHistory history;
    read_epochs(checkpoint.parent_path() / metrics_name, history);
    read_result(checkpoint.parent_path(), history);
    return history;
}

}  // namespace trilby::train
