// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A recorded machine from the folder in TRILBY_RECORDED_MACHINES, unpacked for one test.

#pragma once

#include <cstdlib>
#include <string>

#include "support/temporary_folder.hpp"

namespace trilby::testing {

class RecordedMachine {
  public:
    /// The reason for skipping a test without its machine.
    static constexpr const char* missing = "TRILBY_RECORDED_MACHINES has no such machine";

    /// `folder` is what to unpack; empty for all.
    explicit RecordedMachine(const std::string& name, const std::string& folder = "") {
        const char* machines = std::getenv("TRILBY_RECORDED_MACHINES");
        if (machines == nullptr) {
            return;
        }
        const auto archive = std::filesystem::path(machines) / (name + ".tar.gz");
        if (std::filesystem::exists(archive)) {
            const std::string command = "tar -xzf '" + archive.string() + "' -C '" +
                                        folder_.path().string() + "' " + folder + " 2>/dev/null";
            is_there_ = std::system(command.c_str()) == 0;
        }
    }
    /// Links `place`, where the kernel has a folder, to that folder in the recording. For
    /// recordings of only a part of the file system.
    void mount(const std::string& recorded, const std::string& place) const {
        const std::filesystem::path link = folder_.path() / place;
        std::filesystem::create_directories(link.parent_path());
        std::filesystem::create_symlink(recorded, link);
    }
    [[nodiscard]] bool is_there() const { return is_there_; }
    [[nodiscard]] const std::filesystem::path& root() const { return folder_.path(); }

  private:
    TemporaryFolder folder_;
    bool is_there_ = false;
};

}  // namespace trilby::testing
