// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "platform/recording.hpp"

namespace trilby::recording {

/// Everything that a probe has read, by path.
class Recorder : public platform::TreeRecorder {
  public:
    std::map<std::string, std::string> contents;
    std::map<std::string, std::vector<std::string>> folders;
    std::map<std::string, std::string> links;
    std::set<std::string> absent;
    platform::RecordingNotes notes;

    void note_content(std::string_view path, std::string_view content) override;
    void note_names(std::string_view path, const std::vector<std::string>& names) override;
    void note_link(std::string_view path, std::string_view target) override;
    void note_status(std::string_view path, const platform::FileStatus& status) override;
    void note_answer(std::string_view name, std::string_view text) override;
    void note_missing(std::string_view path, Presence why) override;
};

}  // namespace trilby::recording
