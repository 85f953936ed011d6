// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace trilby::platform {

void for_each_index(std::size_t count, std::size_t most_threads,
                    const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    const auto take_turns = [&] {
        for (std::size_t index = next++; index < count; index = next++) {
            work(index);
        }
    };
    const std::size_t cpus = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t threads = std::min({count, most_threads, cpus});
    // Where no thread can be started, a helper runs in get(). Destruction waits for the thread.
    std::vector<std::future<void>> helpers;
    for (std::size_t i = 1; i < threads; ++i) {
        helpers.push_back(std::async(std::launch::async | std::launch::deferred, take_turns));
    }
    take_turns();
    for (std::future<void>& helper : helpers) {
        helper.get();
    }
}

}  // namespace trilby::platform
