// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/check_run.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

#include "backends/torch/checking/differences.hpp"
#include "backends/torch/device.hpp"
#include "backends/torch/runtime.hpp"
#include "validate/check_job.hpp"

namespace trilby::backends {
namespace {

using namespace std::string_view_literals;
using validate::ComparedResult;

/// Frees `result` and fills its memory, where the next result of its size will lie.
void replace_with_garbage(torch::Tensor& result) {
    const auto options = result.options().requires_grad(false);
    const std::int64_t count = result.numel();
    result.reset();
    torch::empty({count}, options).view(torch::kUInt8).fill_(0xff);
}

// The words of LibTorch and of the vendors' libraries.
constexpr std::array unsupported_phrases{
    "not implemented for"sv, "not supported"sv,    "only supported"sv,
    "NOT_SUPPORTED"sv,       "not compiled for"sv, "not have a deterministic implementation"sv,
};

bool says_unsupported(const std::exception& exception) {
    const std::string_view text = exception.what();
    return dynamic_cast<const c10::NotImplementedError*>(&exception) != nullptr ||
           std::ranges::any_of(unsupported_phrases, [&](std::string_view phrase) {
               return text.find(phrase) != std::string_view::npos;
           });
}

std::string first_line_of(const std::exception& exception) {
    const std::string text = explain_exception(exception);
    return text.substr(0, text.find('\n'));
}

validate::Mismatch mismatch_of(const std::string& what, const gpu::WrongWords::Word& word) {
    return {fmt::format("{} [{}]", what, word.index), std::to_string(word.expected),
            std::to_string(word.found), fmt::format("{:016x}", word.expected),
            fmt::format("{:016x}", word.found)};
}

}  // namespace

CheckRun::CheckRun(const JobContext& context, const CheckSettings& settings,
                   validate::OperationWriter trace)
    : context_(context),
      device_(settings.device),
      devices_(settings.devices),
      memory_bytes_(settings.memory_bytes),
      only_round_(settings.only_round),
      clock_(settings.budget),
      draws_(settings.seed, settings.halvings),
      fault_(settings.fault, settings.seed),
      operations_(std::move(trace)) {
    if (settings.has_comparable_bits) {
        digests_.emplace();
    }
}

bool CheckRun::is_over(std::uint64_t at_least) const {
    return only_round_ ? findings_.rounds() == 1
                       : findings_.rounds() >= at_least && progress() >= 1;
}

bool CheckRun::next_round(std::uint64_t at_least) {
    if (is_over(at_least) || !goes_on()) {
        return false;
    }
    report_progress();
    findings_.begin_round();
    draws_.begin_round(round());
    operations_.begin_round(round());
    if (digests_) {
        digests_->begin_round(round());
    }
    return true;
}

void CheckRun::rest_until(double part) {
    while (progress() < part && !context_.is_cancelled()) {
        report_progress();
        clock_.sleep_towards(part);
        fault_.rested();
    }
}

void CheckRun::let_telemetry_be_read(bool is_read) {
    is_telemetry_read_ = is_read;
    if (is_read) {
        send_progress();
    }
}

void CheckRun::report_progress() {
    if (is_telemetry_read_ && clock_.takes_event()) {
        send_progress();
    }
}

void CheckRun::send_progress() {
    validate::CheckProgress event{.progress = std::min(progress(), 1.0)};
    if (!findings_.has_wrong_values()) {  // these count as right if the worker is killed
        event.rounds = findings_.rounds();
        event.values_compared = findings_.values_compared();
    }
    context_.event(to_json(event));
}

torch::Tensor CheckRun::fetch(const torch::Tensor& result) {
    fault_.end_if_due();
    torch::Tensor host = torch::empty(result.sizes(), result.options().device(torch::kCPU));
    host.copy_(result.detach());
    fault_.strike(host, progress());
    return host;
}

void CheckRun::fetch_from(std::uint32_t cpu, std::vector<std::uint64_t>& words) {
    fault_.end_if_due();
    torch::Tensor host =
        torch::from_blob(words.data(), {static_cast<std::int64_t>(words.size())}, torch::kInt64);
    fault_.strike(host, progress(), cpu);
}

void CheckRun::disturb(torch::Tensor& stored) {
    fault_.end_if_due();
    fault_.disturb(stored, progress());
}

std::vector<torch::Tensor> CheckRun::compute_all(
    const std::string& what, const std::function<std::vector<torch::Tensor>()>& computation) {
    operations_.begin_step(what);
    std::vector<torch::Tensor> first;
    for (torch::Tensor& result : computation()) {
        first.push_back(fetch(result));
        replace_with_garbage(result);
    }
    std::size_t index = 0;
    for (const torch::Tensor& result : computation()) {
        expect_same(what + ", repeated", fetch(result), first[index++]);
    }
    operations_.end_step();
    if (digests_) {
        digests_->add(what, draws_.digest(), first);
    }
    return first;
}

torch::Tensor CheckRun::compute(const std::string& what,
                                const std::function<torch::Tensor()>& computation) {
    return compute_all(what, [&] { return std::vector{computation()}; }).front();
}

void CheckRun::where_supported(const std::string& what, const std::function<void()>& body) {
    try {
        body();
    } catch (const std::exception& exception) {
        if (!says_unsupported(exception)) {
            throw;
        }
        // A device that has failed uses the same words, such as "operation not supported on
        // global/shared address space". Then waiting for it throws, too.
        wait_for(device_);
        findings_.add_lacking(fmt::format("{}: {}", what, first_line_of(exception)));
    }
}

void CheckRun::add(ComparedResult result) {
    report_progress();
    findings_.add(std::move(result));
}

void CheckRun::expect_same(const std::string& what, const torch::Tensor& found,
                           const torch::Tensor& expected) {
    add(compare_bits(what, found, expected));
}

void CheckRun::expect_same_there(const std::string& what, const torch::Tensor& found,
                                 const torch::Tensor& expected) {
    if (torch::equal(found, expected)) {
        add({.what = what, .values = static_cast<std::uint64_t>(found.numel())});
    } else {
        expect_same(what, found.to(torch::kCPU), expected.to(torch::kCPU));
    }
}

void CheckRun::expect_close(const std::string& what, const torch::Tensor& found,
                            const torch::Tensor& expected, const torch::Tensor& bound) {
    add(compare_within(what, found, expected, bound));
}

void CheckRun::expect_none_wrong(const std::string& what, const gpu::WrongWords& wrong,
                                 std::uint64_t checked) {
    ComparedResult result{.what = what, .values = checked, .wrong = wrong.count};
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(wrong.count, wrong.most_kept); ++i) {
        result.mismatches.push_back(mismatch_of(what, wrong.kept[i]));
    }
    add(std::move(result));
}

void CheckRun::expect(bool holds, const std::string& what, const std::string& expected,
                      double found) {
    ComparedResult result{.what = what, .values = 1};
    if (!holds) {
        result.wrong = 1;
        result.mismatches.push_back({what, expected, fmt::format("{:.17g}", found), {}, {}});
    }
    add(std::move(result));
}

Timing CheckRun::time(const std::function<void()>& computation, validate::Work work) {
    fault_.end_if_due();
    const at::RecordFunctionGuard no_callbacks(/*is_enabled=*/false);  // they would be timed too
    return time_on(device_, fault_.slowdown(work, progress()), computation);
}

Result<validate::CheckReport> CheckRun::finish() {
    if (context_.is_cancelled() && !findings_.has_wrong_values()) {
        return failure(ErrorCode::interrupted, "the check was stopped");
    }
    validate::CheckReport report = std::move(findings_).finish(fault_.strikes());
    if (digests_) {
        report.digests = digests_->report();
    }
    return report;
}

}  // namespace trilby::backends
