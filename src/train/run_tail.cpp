// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_tail.hpp"

#include <poll.h>

#include "base/try.hpp"
#include "train/metrics_reader.hpp"
#include "train/run_files.hpp"

namespace trilby::train {

Result<void> follow_epochs(const std::filesystem::path& run, platform::InterruptWatch& interrupts,
                           const std::function<bool(const EpochEvent&)>& take) {
    constexpr int pause_ms = 200;
    MetricsReader metrics(run / metrics_name);
    for (bool may_go_on = true; may_go_on;) {
        may_go_on = is_in_use(run);  // before reading: so its last epochs are read too
        TRILBY_CHECK(metrics.read_new(take));
        pollfd interrupt{interrupts.fd(), POLLIN, 0};
        if (may_go_on && ::poll(&interrupt, 1, pause_ms) != 0) {
            return failure(ErrorCode::interrupted, "interrupted");
        }
    }
    return {};
}

}  // namespace trilby::train
