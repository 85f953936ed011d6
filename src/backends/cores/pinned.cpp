// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cores/pinned.hpp"

#include <fmt/format.h>
#include <future>
#include <system_error>
#include <utility>

#include "backends/cores/work.hpp"
#include "platform/cpu_affinity.hpp"

namespace trilby::cores {
namespace {

void append(Words& words, const Lanes& lanes) {
    words.insert(words.end(), lanes.begin(), lanes.end());
}

/// Calls `take` with each kind of work and each seed.
void for_each_work(std::span<const std::uint64_t> seeds, const auto& take) {
    for (const std::uint64_t seed : seeds) {
        for (const Work& work : known_work()) {
            take(work, seed);
        }
    }
}

FoundWords compute_here(const CpuPlace& place, std::span<const std::uint64_t> seeds,
                        unsigned repetitions) {
    FoundWords found{.place = place, .is_usable = platform::pin_to_cpu(place.cpu)};
    for (unsigned i = 0; found.is_usable && i < repetitions; ++i) {
        for_each_work(seeds, [&](const Work& work, std::uint64_t seed) {
            const Answer answer = work.compute(seed);
            append(found.first, answer.first);
            append(found.second, answer.second);
        });
    }
    return found;
}

ExpectedWords expect_here(std::span<const std::uint64_t> seeds) {
    ExpectedWords expected{.origin = "plain code", .words = {}};
    for_each_work(seeds, [&](const Work& work, std::uint64_t seed) {
        append(expected.words, work.expect(seed));
    });
    return expected;
}

std::string bits_of(std::uint64_t word) {
    return fmt::format("{:016x}", word);
}

/// Compares words of one CPU with others.
class Comparison {
  public:
    explicit Comparison(const FoundWords& found, std::string_view condition)
        : result_{.what = fmt::format("CPU {}", found.place.cpu)},
          where_(fmt::format("{}, {}", name_of(found.place), condition)) {}

    /// `expected` is repeated if `found` is longer.
    void add(const Words& found, const Words& expected, std::string_view how) {
        for (std::size_t i = 0; i < found.size(); ++i) {
            const std::uint64_t word = expected[i % expected.size()];
            if (found[i] != word) {
                add_wrong(i, found[i], word, how);
            }
        }
        result_.values += found.size();
    }
    [[nodiscard]] validate::ComparedResult finish() { return std::move(result_); }

  private:
    void add_wrong(std::size_t index, std::uint64_t found, std::uint64_t expected,
                   std::string_view how) {
        ++result_.wrong;
        if (result_.mismatches.size() == validate::most_mismatches) {
            return;
        }
        const Work& work = known_work()[index / lane_count % known_work().size()];
        result_.mismatches.push_back({.where = fmt::format("{}: {}, lane {}, {}", where_, work.name,
                                                           index % lane_count, how),
                                      .expected = std::to_string(expected),
                                      .found = std::to_string(found),
                                      .expected_bits = bits_of(expected),
                                      .found_bits = bits_of(found)});
    }

    validate::ComparedResult result_;
    std::string where_;
};

}  // namespace

namespace {

/// Computes on a thread of its own. The words are not usable if no thread can be started.
std::future<FoundWords> start(const CpuPlace& place, std::span<const std::uint64_t> seeds,
                              unsigned repetitions) {
    try {
        return std::async(std::launch::async, [&place, seeds, repetitions] {
            return compute_here(place, seeds, repetitions);
        });
    } catch (const std::system_error&) {
        std::promise<FoundWords> none;
        none.set_value({.place = place});
        return none.get_future();
    }
}

}  // namespace

std::vector<FoundWords> compute_on(const Group& group, std::span<const std::uint64_t> seeds,
                                   unsigned repetitions) {
    std::vector<std::future<FoundWords>> running;
    running.reserve(group.size());
    for (const CpuPlace& place : group) {
        running.push_back(start(place, seeds, repetitions));
    }
    std::vector<FoundWords> found;
    found.reserve(group.size());
    for (std::future<FoundWords>& one : running) {
        found.push_back(one.get());
    }
    return found;
}

ExpectedWords expect_on(const CpuPlace& place, std::span<const std::uint64_t> seeds) {
    try {
        return std::async(std::launch::async,
                          [&] {
                              const bool is_pinned = platform::pin_to_cpu(place.cpu);
                              ExpectedWords expected = expect_here(seeds);
                              if (is_pinned) {
                                  expected.origin += fmt::format(" on CPU {}", place.cpu);
                              }
                              return expected;
                          })
            .get();
    } catch (const std::system_error&) {  // there is no thread to pin, and this one must stay
        return expect_here(seeds);
    }
}

validate::ComparedResult compare(const FoundWords& found, const ExpectedWords& expected,
                                 std::string_view condition) {
    Comparison comparison(found, condition);
    comparison.add(found.second, found.first, "computed twice in one thread");
    comparison.add(found.first, expected.words, fmt::format("against {}", expected.origin));
    return comparison.finish();
}

}  // namespace trilby::cores
