// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/recorder.hpp"

namespace trilby::recording {

void Recorder::note_content(std::string_view path, std::string_view content) {
    // A file may be read in part and then completely; the longer content is kept.
    std::string& kept = contents[std::string(path)];
    if (content.size() >= kept.size()) {
        kept = content;
    }
}

void Recorder::note_names(std::string_view path, const std::vector<std::string>& names) {
    folders[std::string(path)] = names;
}

void Recorder::note_link(std::string_view path, std::string_view target) {
    links[std::string(path)] = target;
}

void Recorder::note_status(std::string_view path, const platform::FileStatus& status) {
    notes.statuses[std::string(path)] = status;
}

void Recorder::note_answer(std::string_view name, std::string_view text) {
    notes.answers[std::string(name)] = text;
}

void Recorder::note_missing(std::string_view path, Presence why) {
    if (why == Presence::denied) {
        notes.denied.emplace(path);
    } else if (why == Presence::malformed) {
        notes.malformed.emplace(path);
    } else {
        absent.emplace(path);
    }
}

}  // namespace trilby::recording
