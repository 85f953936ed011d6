// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Measures how many faults of a device the guard of a training finds (docs/recipes.md): trains a
// small network again and again, each time with one fault among what the network computes. The
// faults are those that 'trilby validate --self-test' injects.

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

#include "base/random.hpp"
#include "base/text.hpp"
#include "libtrilby_train/data_of_tests.hpp"
#include "support/temporary_folder.hpp"
#include "validate/injector.hpp"
#include "validate/statistics.hpp"
#include <trilby/train.hpp>

namespace trilby {
namespace {

namespace nn = torch::nn;
using validate::FaultClass;

constexpr std::int64_t look_back = 24;
constexpr std::int64_t horizon = 6;

/// A fault that may strike from one of the first computations of a run on.
class Fault {
  public:
    Fault(FaultClass fault, std::uint64_t seed, std::uint64_t computations)
        : injector_(fault, SplitMix64(seed)()),
          computations_(computations),
          spared_(SplitMix64(seed + 1).below(computations)) {}

    void disturb(const torch::Tensor& result) {
        const std::uint64_t done = done_++;
        if (done < spared_) {
            return;
        }
        torch::Tensor host = result.to(torch::kCPU).contiguous();
        injector_.strike({static_cast<std::byte*>(host.data_ptr()), host.nbytes()}, {},
                         static_cast<double>(done) / static_cast<double>(computations_));
        result.copy_(host);
    }
    [[nodiscard]] bool has_struck() const { return injector_.strikes() > 0; }
    [[nodiscard]] std::uint64_t computations() const { return done_; }

  private:
    validate::Injector injector_;
    std::uint64_t computations_;
    std::uint64_t spared_;
    std::uint64_t done_ = 0;
};

/// Forecasts with one hidden layer, whose values the fault may change.
struct Net : nn::Module {
    explicit Net(Fault* injected)
        : nn::Module("Net"),
          first(register_module("first", nn::Linear(look_back, 32))),
          second(register_module("second", nn::Linear(32, horizon))),
          fault(injected) {}

    torch::Tensor forward(const torch::Tensor& past) {
        const torch::Tensor hidden = first->forward(past).tanh();
        if (is_training()) {
            ++computations;
            if (fault != nullptr) {
                fault->disturb(hidden.variable_data());  // as hardware does, without autograd
            }
        }
        return second->forward(hidden);
    }

    nn::Linear first;
    nn::Linear second;
    Fault* fault;
    std::uint64_t computations = 0;
};

/// How a run ended.
struct Outcome {
    bool was_found = false;  ///< by the guard, or because a loss was not a number
    std::string error;
    std::uint64_t computations = 0;
    std::vector<torch::Tensor> weights;
};

/// Runs on the same data, with the same seed. Only the faults differ.
class Trials {
  public:
    Outcome train(std::int64_t verify_every, Fault* fault) {
        const std::string every = std::to_string(verify_every);
        const std::string output = folder_ / fmt::format("run-{}", ++runs_);
        std::vector<const char*> words{"guard_faults", "--threads", "1", "--output",
                                       output.c_str()};
        if (verify_every > 0) {
            words.insert(words.end(), {"--verify", every.c_str()});
        }
        Job job(static_cast<int>(words.size()), words.data());
        const auto net = std::make_shared<Net>(fault);
        Outcome outcome;
        try {
            job.fit(net, data_, {.settings = {{"training.epochs", 5}}});
        } catch (const Exception& exception) {
            outcome.was_found = true;
            outcome.error = exception.what();
        }
        std::filesystem::remove_all(output);
        outcome.computations = net->computations;
        for (const torch::Tensor& weight : net->parameters()) {
            outcome.weights.push_back(weight.detach().clone());
        }
        return outcome;
    }

  private:
    testing::TemporaryFolder folder_;
    Dataset data_{folder_.write("waves.csv", testing::series_of_waves()),
                  {.settings = {{"data.look_back", look_back}, {"data.horizon", horizon}}}};
    int runs_ = 0;
};

bool have_same_bits(const Outcome& a, const Outcome& b) {
    return std::ranges::equal(a.weights, b.weights,
                              [](const auto& x, const auto& y) { return torch::equal(x, y); });
}

struct Counts {
    std::uint64_t found = 0;
    std::uint64_t missed = 0;    ///< the run went on with other weights
    std::uint64_t harmless = 0;  ///< the weights are those of a run without a fault, bit for bit

    Counts& operator+=(const Counts& other) {
        found += other.found;
        missed += other.missed;
        harmless += other.harmless;
        return *this;
    }
};

Counts count_faults(Trials& trials, const Outcome& clean, FaultClass kind,
                    std::int64_t verify_every, std::uint64_t number, std::uint64_t seed) {
    SplitMix64 seeds(seed);
    Counts counts;
    for (std::uint64_t trial = 0; trial < number; ++trial) {
        Fault fault(kind, seeds(), clean.computations);
        const Outcome outcome = trials.train(verify_every, &fault);
        if (outcome.was_found) {
            ++counts.found;
        } else if (fault.has_struck()) {
            ++(have_same_bits(clean, outcome) ? counts.harmless : counts.missed);
        }
    }
    return counts;
}

std::string rate_text(const Counts& counts) {
    const validate::Rate rate = validate::rate_of(counts.found, counts.found + counts.missed);
    return fmt::format("{:6.2f} % ({:.2f} to {:.2f} %)", 100 * rate.value, 100 * rate.low,
                       100 * rate.high);
}

std::string row_of(std::string_view name, std::int64_t verify_every, const Counts& counts) {
    return fmt::format("{:<16}{:>7}{:>7}{:>8}{:>10}   {}\n", name, verify_every, counts.found,
                       counts.missed, counts.harmless, rate_text(counts));
}

/// These change the first and the second computation of a step alike.
bool is_the_same_each_time(FaultClass fault) {
    return fault == FaultClass::stuck_bit || fault == FaultClass::wrong_rounding ||
           fault == FaultClass::one_shape || fault == FaultClass::tiny_error ||
           fault == FaultClass::one_lane || fault == FaultClass::data_dependent;
}

/// Keeps the runs from printing, and prints where they would.
class Report {
  public:
    Report() : stream_(::fdopen(::dup(STDOUT_FILENO), "w")) {
        std::fflush(stdout);
        ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
    }
    void add(const std::string& text) const {
        std::fputs(text.c_str(), stream_);
        std::fflush(stream_);
    }

  private:
    std::FILE* stream_;
};

constexpr std::int64_t seldom = 10;

/// Whether no fault was missed that strikes a step which is computed twice.
bool report_faults(const Report& report, Trials& trials, std::uint64_t number, std::uint64_t seed) {
    report.add(fmt::format("{:<16}{:>7}{:>7}{:>8}{:>10}   found of those with an effect\n", "fault",
                           "verify", "found", "missed", "harmless"));
    bool is_complete = true;
    for (const std::int64_t verify_every : {std::int64_t{1}, seldom}) {
        const Outcome clean = trials.train(verify_every, nullptr);
        Counts all;
        for (const validate::FaultInfo& info : validate::known_faults()) {
            if (info.kind != validate::FaultKind::changes_values) {
                continue;
            }
            const Counts counts =
                count_faults(trials, clean, info.fault, verify_every, number, seed);
            report.add(row_of(info.name, verify_every, counts));
            if (!is_the_same_each_time(info.fault)) {
                all += counts;
            }
        }
        report.add(row_of("all but constant", verify_every, all) + "\n");
        is_complete = is_complete && (verify_every > 1 || (all.missed == 0 && all.found > 0));
    }
    return is_complete;
}

bool report_clean_runs(const Report& report, Trials& trials, std::uint64_t number) {
    std::uint64_t stopped = 0;
    for (std::uint64_t run = 0; run < number; ++run) {
        stopped += trials.train(1, nullptr).was_found ? 1 : 0;
    }
    report.add(fmt::format("{} of {} runs without a fault were stopped\n", stopped, number));
    return stopped == 0;
}

}  // namespace
}  // namespace trilby

int main(int argc, char** argv) {
    using namespace trilby;
    const auto trials_of_each = parse_number<std::uint64_t>(argc > 1 ? argv[1] : "20");
    const auto seed = parse_number<std::uint64_t>(argc > 2 ? argv[2] : "1");
    if (trials_of_each.value_or(0) == 0 || seed.value_or(0) == 0 || argc > 3) {
        std::fputs("usage: guard_faults [TRIALS [SEED]]\n", stderr);
        return 64;
    }
    const Report report;
    Trials trials;
    const bool all_found = report_faults(report, trials, *trials_of_each, *seed);
    const bool none_stopped = report_clean_runs(report, trials, 2 * *trials_of_each + 10);
    return all_found && none_stopped ? 0 : 1;
}
