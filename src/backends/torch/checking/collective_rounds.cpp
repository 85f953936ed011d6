// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/collective_rounds.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "backends/torch/checking/collective_case.hpp"
#include "backends/torch/checking/rates.hpp"
#include "base/units.hpp"

namespace trilby::backends {
namespace {

constexpr std::array exchanged_types{torch::kInt64, torch::kFloat32, torch::kFloat16,
                                     torch::kBFloat16};

constexpr std::int64_t smallest_bytes = 16;
constexpr std::int64_t largest_bytes = std::int64_t{256} << 20;
/// The host holds what all devices send, and results of the same size.
constexpr std::int64_t largest_bytes_through_host = std::int64_t{16} << 20;
constexpr std::int64_t growth = 16;
/// What is sent, received and expected, and temporary values.
constexpr std::int64_t copies_in_memory = 4;
constexpr std::int64_t most_bytes_compared_on_host = std::int64_t{1} << 16;
constexpr int repetitions = 8;

template <class Value>
Value require(Result<Value> result, const std::string& what) {
    if (!result) {
        throw std::runtime_error(fmt::format("{}: {}", what, result.error().message));
    }
    if constexpr (!std::is_void_v<Value>) {
        return *result;
    }
}

void compare(CheckRun& run, const DeviceTeam& team, CollectiveCase& tried,
             const std::string& what) {
    for (std::size_t i = 0; i < team.devices().size(); ++i) {
        const auto place = static_cast<std::int64_t>(i);
        const auto& [number, device] = team.devices()[i];
        const std::string where = fmt::format("{}, device {}", what, number);
        torch::Tensor& found = tried.work().received[i];
        if (static_cast<std::int64_t>(found.nbytes()) <= most_bytes_compared_on_host) {
            run.expect_same(where, run.fetch(found), tried.expected(place, torch::kCPU));
        } else {
            run.disturb(found);
            run.expect_same_there(where, found, tried.expected(place, device));
        }
    }
}

/// The speeds of one operation.
struct Timed {
    Rates rates;  ///< of the largest size
    validate::Series by_size;
};

class CollectiveRounds {
  public:
    /// Both must outlive this object.
    CollectiveRounds(CheckRun& run, DeviceTeam& team);

    /// All operations in all types and sizes.
    void carry_out();
    void report() const;

  private:
    void check_all(std::int64_t bytes);
    void time_all(std::int64_t bytes);
    void add(Timed& timed, std::int64_t bytes, double gigabytes, double seconds);
    [[nodiscard]] bool prepare();
    [[nodiscard]] bool has_time_for_more(double begun_at);

    CheckRun& run_;
    DeviceTeam& team_;
    std::vector<Timed> timed_;        ///< in the order of collective_kinds()
    std::int64_t most_bytes_;         ///< for which there is memory, and later also time
    std::int64_t largest_bytes_ = 0;  ///< that were tried
    double least_taken_ = 1;          ///< by a size: the part of the check's time
    bool has_tried_all_sizes_ = false;
};

std::int64_t most_bytes_for(const CheckRun& run, const DeviceTeam& team) {
    return std::clamp(static_cast<std::int64_t>(run.memory_bytes()) / copies_in_memory,
                      smallest_bytes,
                      team.uses_host() ? largest_bytes_through_host : largest_bytes);
}

CollectiveRounds::CollectiveRounds(CheckRun& run, DeviceTeam& team)
    : run_(run), team_(team), most_bytes_(most_bytes_for(run, team)) {
    for (const CollectiveKind& kind : collective_kinds()) {
        timed_.push_back({.rates = Rates(kind.quantity),
                          .by_size = {fmt::format("{} by size", kind.quantity.name),
                                      "size in bytes",
                                      std::string(kind.quantity.unit),
                                      {}}});
    }
    run_.set_way(team_.way());
}

void CollectiveRounds::carry_out() {
    if (!has_tried_all_sizes_ && !prepare()) {
        return;
    }
    for (std::int64_t bytes = smallest_bytes; bytes <= most_bytes_; bytes *= growth) {
        const double begun_at = run_.progress();
        check_all(bytes);
        if (!has_tried_all_sizes_ || bytes == largest_bytes_) {
            time_all(bytes);
        }
        if (!run_.goes_on()) {
            return;
        }
        largest_bytes_ = std::max(largest_bytes_, bytes);
        if (!has_time_for_more(begun_at)) {
            break;
        }
    }
    has_tried_all_sizes_ = true;
    most_bytes_ = largest_bytes_;
}

/// The first operations open the ways between the devices, which takes a library seconds. Returns
/// whether the check goes on.
bool CollectiveRounds::prepare() {
    check_all(smallest_bytes);
    run_.restart_time();
    return run_.goes_on();
}

/// In the first round, the next size has never been tried, so its time is estimated: only the part
/// beyond the time of the smallest size grows with the size.
bool CollectiveRounds::has_time_for_more(double begun_at) {
    const double now = run_.progress();
    const double taken = now - begun_at;
    if (has_tried_all_sizes_) {
        return now < 1;
    }
    least_taken_ = std::min(least_taken_, taken);
    return now + least_taken_ + static_cast<double>(growth) * (taken - least_taken_) < 1;
}

/// Sizes that are no multiple of the number of devices.
void CollectiveRounds::check_all(std::int64_t bytes) {
    const auto devices = std::ssize(team_.devices());
    for (const CollectiveKind& kind : collective_kinds()) {
        for (const torch::ScalarType type : exchanged_types) {
            const std::int64_t block = std::max<std::int64_t>(
                1, kind.block_of(type, bytes, devices) - run_.between(0, devices));
            const bool is_in_place = kind.may_be_in_place() && run_.between(0, 1) == 1;
            const std::string what = fmt::format("{} {}, {}{}", kind.quantity.name, type_name(type),
                                                 format_bytes(static_cast<std::uint64_t>(bytes)),
                                                 is_in_place ? ", in place" : "");
            run_.begin_step(what);
            CollectiveCase tried(run_, team_, kind, type, block, is_in_place);
            team_.wait();
            require(team_.carry_out(tried.work()), what);
            compare(run_, team_, tried, what);
            if (!run_.goes_on()) {
                return;
            }
        }
    }
}

/// Uses sizes for which the libraries are made, as vendors do when they measure.
void CollectiveRounds::time_all(std::int64_t bytes) {
    constexpr std::int64_t alignment = 256;
    const auto devices = std::ssize(team_.devices());
    for (std::size_t i = 0; i < timed_.size() && run_.goes_on(); ++i) {
        const CollectiveKind& kind = collective_kinds()[i];
        const std::int64_t most = kind.block_of(torch::kFloat32, bytes, devices);
        const std::int64_t block = most < alignment ? most : most / alignment * alignment;
        const std::string what = fmt::format("{} float32, {}, timed", kind.quantity.name,
                                             format_bytes(static_cast<std::uint64_t>(bytes)));
        run_.begin_step(what);
        CollectiveCase timed(run_, team_, kind, torch::kFloat32, block, /*is_in_place=*/false);
        team_.wait();
        const double seconds = require(team_.time(timed.work(), repetitions), what);
        compare(run_, team_, timed, what);
        const double bytes_on_link =
            kind.share_on_link(devices) * static_cast<double>(timed.bytes());
        add(timed_[i], bytes, bytes_on_link * 1e-9, seconds);
    }
}

/// Only the largest size counts as the speed.
void CollectiveRounds::add(Timed& timed, std::int64_t bytes, double gigabytes, double seconds) {
    if (!has_tried_all_sizes_) {
        timed.rates.clear();
        timed.by_size.points.emplace_back(bytes, gigabytes / seconds);
    }
    const double all_seconds = repetitions * seconds;
    timed.rates.add(run_.progress(), repetitions * gigabytes, {all_seconds, all_seconds});
}

void CollectiveRounds::report() const {
    if (largest_bytes_ > 0) {
        run_.set_way(fmt::format("{}; speeds of {} on each of {} devices", team_.way(),
                                 format_bytes(static_cast<std::uint64_t>(largest_bytes_)),
                                 team_.devices().size()));
    }
    for (const Timed& timed : timed_) {
        timed.rates.measure(run_);
        if (!team_.uses_host()) {  // whose CPUs may have served others
            timed.rates.judge(run_);
        }
        run_.plot(timed.by_size);
    }
}

}  // namespace

void check_collectives(CheckRun& run, DeviceTeam& team) {
    CollectiveRounds rounds(run, team);
    while (run.next_round()) {
        rounds.carry_out();
    }
    rounds.report();
}

}  // namespace trilby::backends
