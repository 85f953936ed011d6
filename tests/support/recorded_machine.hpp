// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A machine of the folder TRILBY_RECORDED_MACHINES, unpacked for one test.

#pragma once

#include <cstdlib>
#include <string>

#include "support/temporary_folder.hpp"

namespace trilby::testing {

class RecordedMachine {
  public:
    explicit RecordedMachine(const std::string& name) {
        const auto archive = std::filesystem::path(TRILBY_RECORDED_MACHINES) / (name + ".tar.gz");
        if (std::filesystem::exists(archive)) {
            const std::string command = "tar -xzf '" + archive.string() + "' -C '" +
                                        folder_.path().string() + "' 2>/dev/null";
            is_there_ = std::system(command.c_str()) == 0;
        }
    }
    [[nodiscard]] bool is_there() const { return is_there_; }
    [[nodiscard]] const std::filesystem::path& root() const { return folder_.path(); }

  private:
    TemporaryFolder folder_;
    bool is_there_ = false;
};

}  // namespace trilby::testing
