// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// How long two processes of this machine take to exchange gradients: exchange_rates ENGINE FOLDER
// prints the median seconds for each number of bytes as JSON. tests/bench/scaling-model runs it.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "base/stopwatch.hpp"
#include "base/text.hpp"
#include "group/group.hpp"
#include "validate/statistics.hpp"

namespace {

using namespace trilby;

constexpr std::int64_t processes = 2;
constexpr int rounds = 50;

/// As a step does: the blocks of all, and the sum of one's own block to all.
double exchange(group::Group& group, std::vector<std::byte>& sent,
                std::vector<std::byte>& received) {
    const auto start = std::chrono::steady_clock::now();
    const std::span<std::byte> own = std::span(received).first(sent.size() / processes);
    if (!group.exchange_blocks(sent, received) || !group.gather(own, sent)) {
        std::_Exit(1);
    }
    return seconds_since(start);
}

double median_seconds(group::Group& group, std::size_t bytes) {
    std::vector<std::byte> sent(bytes);
    std::vector<std::byte> received(bytes);
    exchange(group, sent, received);
    std::vector<double> seconds;
    for (int round = 0; round < rounds; ++round) {
        seconds.push_back(exchange(group, sent, received));
    }
    return validate::median(seconds);
}

int run(std::int64_t rank, const std::string& engine, const std::string& folder) {
    const group::Place place{
        .rank = rank, .size = processes, .engine = engine, .store_folder = folder, .timeout_s = 60};
    group::FileStore store(folder, std::chrono::duration<double>(place.timeout_s));
    auto group = group::Group::join(place, store);
    if (!group) {
        fmt::print(stderr, "{}\n", group.error().message);
        return 1;
    }
    std::string lines;
    for (std::size_t bytes = 1 << 10; bytes <= (1 << 26); bytes *= 4) {
        lines += fmt::format("{}\"{}\": {}", lines.empty() ? "" : ", ", bytes,
                             median_seconds(*group, bytes));
    }
    if (rank == 0) {
        fmt::print("{{{}}}\n", lines);
    }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) {
        std::fputs("usage: exchange_rates ENGINE FOLDER\n", stderr);
        return 64;
    }
    if (::fork() == 0) {
        std::_Exit(run(1, words[1], words[2]));
    }
    const int code = run(0, words[1], words[2]);
    int other = 0;
    ::wait(&other);
    return code != 0 ? code : WEXITSTATUS(other);
}
