// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "libtrilby_train/content.hpp"
#include "libtrilby_train/program_options.hpp"
#include "libtrilby_train/started_device.hpp"

namespace trilby {

struct Job::Content {
    ProgramOptions options;
    StartedDevice device;
    bool has_trained = false;
};

}  // namespace trilby
