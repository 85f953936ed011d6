// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/recording.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::platform {
namespace {

constexpr std::int64_t version = 1;

Result<FileStatus> parse_status(const json::object& entry, std::string_view where) {
    TRILBY_TRY(mode, json::get_integer(entry, "mode", where));
    TRILBY_TRY(owner, json::get_integer(entry, "owner", where));
    TRILBY_TRY(group, json::get_integer(entry, "group", where));
    return FileStatus{.mode = static_cast<mode_t>(mode),
                      .owner = static_cast<uid_t>(owner),
                      .group = static_cast<gid_t>(group)};
}

Result<std::set<std::string>> parse_paths(const json::object& document, const char* key,
                                          std::string_view where) {
    if (!document.contains(key)) {
        return std::set<std::string>();
    }
    TRILBY_TRY(entries, json::get_array(document, key, where));
    std::set<std::string> paths;
    for (const json::value& path : entries) {
        if (path.is_string()) {
            paths.emplace(path.get_string());
        }
    }
    return paths;
}

}  // namespace

std::string to_json(const RecordingNotes& notes) {
    json::object answers;
    for (const auto& [name, text] : notes.answers) {
        answers[name] = text;
    }
    json::object statuses;
    for (const auto& [path, status] : notes.statuses) {
        statuses[path] = {{"mode", status.mode}, {"owner", status.owner}, {"group", status.group}};
    }
    return json::pretty(
        json::object{{"recording", version},
                     {"answers", std::move(answers)},
                     {"statuses", std::move(statuses)},
                     {"denied", json::array(notes.denied.begin(), notes.denied.end())},
                     {"malformed", json::array(notes.malformed.begin(), notes.malformed.end())}});
}

Result<RecordingNotes> parse_recording_notes(std::string_view text, std::string_view where) {
    // A recording that was not finished has empty notes.
    if (!trim(text).ends_with('}')) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the recording is incomplete: {} lacks its end", where),
                       "record or copy the machine again");
    }
    TRILBY_TRY(document, json::parse_object(text, where));
    TRILBY_TRY(found, json::get_integer(document, "recording", where));
    if (found != version) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: recording version {}, expected {}", where, found, version));
    }
    RecordingNotes notes;
    TRILBY_TRY(answers, json::get_object(document, "answers", where));
    for (const auto& member : answers) {
        TRILBY_TRY(answer, json::get_string(answers, member.key(), where));
        notes.answers[std::string(member.key())] = answer;
    }
    TRILBY_TRY(statuses, json::get_object(document, "statuses", where));
    for (const auto& member : statuses) {
        TRILBY_TRY(entry, json::get_object(statuses, member.key(), where));
        TRILBY_TRY(status, parse_status(entry, where));
        notes.statuses[std::string(member.key())] = status;
    }
    TRILBY_TRY(denied, parse_paths(document, "denied", where));
    notes.denied = std::move(denied);
    TRILBY_TRY(malformed, parse_paths(document, "malformed", where));
    notes.malformed = std::move(malformed);
    return notes;
}

}  // namespace trilby::platform
