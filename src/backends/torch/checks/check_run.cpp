// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checks/check_run.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

#include "backends/torch/device.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

using validate::ElementLayout;
using validate::FaultClass;
using validate::Verdict;

constexpr std::int64_t most_mismatches = 16;
constexpr auto event_interval = std::chrono::milliseconds(500);
constexpr auto rest_interval = std::chrono::milliseconds(100);

struct TypeInfo {
    torch::ScalarType type;
    std::string_view name;
    int mantissa_bits;
};

constexpr std::array types{
    TypeInfo{torch::kFloat64, "float64", 52}, TypeInfo{torch::kFloat32, "float32", 23},
    TypeInfo{torch::kFloat16, "float16", 10}, TypeInfo{torch::kBFloat16, "bfloat16", 7},
    TypeInfo{torch::kInt64, "int64", 0},      TypeInfo{torch::kInt32, "int32", 0},
    TypeInfo{torch::kInt16, "int16", 0},      TypeInfo{torch::kInt8, "int8", 0},
    TypeInfo{torch::kUInt8, "uint8", 0},      TypeInfo{torch::kBool, "bool", 0}};

const TypeInfo& info_of(torch::ScalarType type) {
    const auto* const found = std::ranges::find(types, type, &TypeInfo::type);
    if (found == types.end()) {
        throw std::logic_error("a type that no check uses");
    }
    return *found;
}

/// The integer type of the same size, to compare bits.
torch::ScalarType bits_of(torch::ScalarType type) {
    switch (c10::elementSize(type)) {
        case 8:
            return torch::kInt64;
        case 4:
            return torch::kInt32;
        case 2:
            return torch::kInt16;
        default:
            return torch::kUInt8;
    }
}

std::span<std::byte> bytes_of(torch::Tensor& host) {
    return {static_cast<std::byte*>(host.data_ptr()), host.nbytes()};
}

ElementLayout layout_of(const torch::Tensor& tensor) {
    return {static_cast<std::size_t>(tensor.element_size()),
            info_of(tensor.scalar_type()).mantissa_bits};
}

/// Row-major coordinates of the value number `flat`.
std::string coordinates(std::int64_t flat, torch::IntArrayRef sizes) {
    std::vector<std::int64_t> at(sizes.size());
    for (std::size_t dimension = sizes.size(); dimension-- > 0;) {
        at[dimension] = flat % sizes[dimension];
        flat /= sizes[dimension];
    }
    return fmt::format("[{}]", fmt::join(at, ", "));
}

std::string number(const torch::Tensor& value) {
    return c10::isFloatingType(value.scalar_type())
               ? fmt::format("{:.17g}", value.to(torch::kFloat64).item<double>())
               : fmt::format("{}", value.to(torch::kInt64).item<std::int64_t>());
}

std::string bit_pattern(const torch::Tensor& value) {
    const int digits = static_cast<int>(value.element_size()) * 2;
    const auto bits = static_cast<std::uint64_t>(value.contiguous()
                                                     .view(bits_of(value.scalar_type()))
                                                     .to(torch::kInt64)
                                                     .item<std::int64_t>());
    const std::string all = fmt::format("{:016x}", bits);
    return all.substr(all.size() - static_cast<std::size_t>(digits));
}

/// Frees `result` and fills the memory where it was: the next of its kind will come to lie there.
void replace_with_garbage(torch::Tensor& result) {
    const auto options = result.options().requires_grad(false);
    const std::int64_t count = result.numel();
    result.reset();
    torch::empty({count}, options).view(torch::kUInt8).fill_(0xff);
}

/// That this process has used, on all CPUs together.
double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// How many of `count` values are wrong in each hundredth of a result, in the order of memory:
/// runs, strides and single values look different.
validate::Series error_map(const std::string& what, const torch::Tensor& places,
                           std::int64_t count) {
    constexpr std::int64_t parts = 100;
    const torch::Tensor wrong_in =
        torch::bincount(places.mul(parts).floor_divide(count), {}, parts);
    validate::Series series{"error map of " + what, "position in percent", "values", {}};
    for (std::int64_t part = 0; part < parts; ++part) {
        series.points.emplace_back(part, wrong_in[part].item<double>());
    }
    return series;
}

bool says_unsupported(const std::exception& exception) {
    const std::string_view text = exception.what();
    return dynamic_cast<const c10::NotImplementedError*>(&exception) != nullptr ||
           text.find("not implemented for") != std::string_view::npos ||
           text.find("not supported") != std::string_view::npos ||
           text.find("not have a deterministic implementation") != std::string_view::npos;
}

}  // namespace

const std::vector<torch::ScalarType>& real_types() {
    static const std::vector<torch::ScalarType> reals{torch::kFloat64, torch::kFloat32,
                                                      torch::kFloat16, torch::kBFloat16};
    return reals;
}

std::string type_name(torch::ScalarType type) {
    return std::string(info_of(type).name);
}

double roundoff_of(torch::ScalarType type) {
    return validate::unit_roundoff(info_of(type).mantissa_bits);
}

CheckRun::CheckRun(const JobContext& context, CheckSettings settings)
    : context_(context),
      settings_(settings),
      random_(settings.seed),
      generator_(at::detail::createCPUGenerator(settings.seed)) {
    if (settings.fault) {
        injector_.emplace(*settings.fault, SplitMix64(settings.seed)());
    }
}

double CheckRun::progress() const {
    return (Clock::now() - start_) / settings_.budget;
}

bool CheckRun::next_round(std::uint64_t at_least) {
    const bool is_over = report_.rounds >= at_least && progress() >= 1;
    if (is_over || report_.values_wrong > 0 || context_.is_cancelled()) {
        return false;
    }
    tell_progress();
    ++report_.rounds;
    generator_.set_current_seed(random_());
    return true;
}

void CheckRun::rest_until(double part) {
    while (progress() < part && !context_.is_cancelled()) {
        tell_progress();
        std::this_thread::sleep_for(std::min<std::chrono::duration<double>>(
            rest_interval, settings_.budget * (part - progress())));
    }
}

void CheckRun::tell_progress() {
    if (const auto now = Clock::now(); report_.rounds == 0 || now - last_event_ > event_interval) {
        context_.event({{"type", "progress"}, {"progress", std::min(progress(), 1.0)}});
        last_event_ = now;
    }
}

torch::Tensor CheckRun::reals(torch::IntArrayRef sizes, torch::ScalarType type, double low,
                              double high) {
    return torch::empty(sizes, torch::kFloat64).uniform_(low, high, generator_).to(type);
}

torch::Tensor CheckRun::integers(torch::IntArrayRef sizes, torch::ScalarType type, std::int64_t low,
                                 std::int64_t high) {
    return torch::empty(sizes, torch::kInt64).random_(low, high + 1, generator_).to(type);
}

std::int64_t CheckRun::between(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(high - low) + 1));
}

torch::Tensor CheckRun::fetch(const torch::Tensor& result) {
    end_if_the_fault_says_so();
    torch::Tensor host = torch::empty(result.sizes(), result.options().device(torch::kCPU));
    host.copy_(result.detach());
    if (injector_) {
        injector_->strike(bytes_of(host), layout_of(host), progress());
    }
    return host;
}

void CheckRun::disturb(torch::Tensor& stored) {
    end_if_the_fault_says_so();
    if (injector_ && injector_->changes_values()) {
        torch::Tensor host = stored.to(torch::kCPU).contiguous();
        injector_->strike(bytes_of(host), layout_of(host), progress());
        stored.copy_(host);
    }
}

void CheckRun::end_if_the_fault_says_so() {
    if (!injector_ || !injector_->ends_now()) {
        return;
    }
    switch (injector_->fault()) {
        case FaultClass::crash:
            std::abort();
        case FaultClass::lost_device:
            throw std::runtime_error("the device is lost (injected)");
        default:
            std::this_thread::sleep_for(std::chrono::hours(24));
    }
}

std::vector<torch::Tensor> CheckRun::compute_all(
    const std::string& what, const std::function<std::vector<torch::Tensor>()>& computation) {
    std::vector<torch::Tensor> first;
    for (torch::Tensor& result : computation()) {
        first.push_back(fetch(result));
        replace_with_garbage(result);
    }
    std::size_t index = 0;
    for (const torch::Tensor& result : computation()) {
        expect_same(what + ", repeated", fetch(result), first[index++]);
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
        if (std::ranges::find(report_.lacking, what) == report_.lacking.end()) {
            report_.lacking.push_back(what);
        }
    }
}

void CheckRun::expect_same(const std::string& what, const torch::Tensor& found,
                           const torch::Tensor& expected) {
    if (found.sizes() != expected.sizes() || found.scalar_type() != expected.scalar_type()) {
        throw std::logic_error(what + ": the results do not have the same form");
    }
    const auto bits = bits_of(found.scalar_type());
    const torch::Tensor left = found.contiguous().view(-1);
    const torch::Tensor right = expected.contiguous().view(-1);
    compare(what, found, expected, left.view(bits).ne(right.view(bits)), nullptr);
}

void CheckRun::expect_same_there(const std::string& what, const torch::Tensor& found,
                                 const torch::Tensor& expected) {
    if (!torch::equal(found, expected)) {
        expect_same(what, found.to(torch::kCPU), expected.to(torch::kCPU));
        return;
    }
    cover(what);
    tell_progress();
    report_.values_compared += static_cast<std::uint64_t>(found.numel());
}

void CheckRun::expect_close(const std::string& what, const torch::Tensor& found,
                            const torch::Tensor& expected, const torch::Tensor& bound) {
    const torch::Tensor value = found.to(torch::kFloat64);
    const torch::Tensor is_right = value.sub(expected).abs().le(bound).logical_or(
        value.eq(expected).logical_or(value.isnan().logical_and(expected.isnan())));
    compare(what, found, expected, is_right.logical_not().contiguous().view(-1), &bound);
}

void CheckRun::compare(const std::string& what, const torch::Tensor& found,
                       const torch::Tensor& expected, const torch::Tensor& wrong,
                       const torch::Tensor* bound) {
    cover(what);
    tell_progress();
    report_.values_compared += static_cast<std::uint64_t>(wrong.numel());
    const torch::Tensor places = wrong.nonzero().view(-1);
    if (places.numel() > 0 && report_.values_wrong == 0) {
        plot(error_map(what, places, wrong.numel()));
    }
    report_.values_wrong += static_cast<std::uint64_t>(places.numel());
    const torch::Tensor found_values = found.contiguous().view(-1);
    const torch::Tensor expected_values = expected.contiguous().view(-1);
    for (std::int64_t i = 0; i < places.numel(); ++i) {
        if (report_.mismatches.size() >= most_mismatches) {
            return;
        }
        const auto flat = places[i].item<std::int64_t>();
        validate::Mismatch mismatch{
            .where = fmt::format("{} {}", what, coordinates(flat, found.sizes())),
            .expected = number(expected_values[flat]),
            .found = number(found_values[flat]),
            .expected_bits = bound == nullptr ? bit_pattern(expected_values[flat]) : std::string(),
            .found_bits = bit_pattern(found_values[flat])};
        if (bound != nullptr) {
            mismatch.expected += fmt::format(
                " +- {:.3g}", bound->expand_as(found).contiguous().view(-1)[flat].item<double>());
        }
        report_.mismatches.push_back(std::move(mismatch));
    }
}

void CheckRun::expect_none_wrong(const std::string& what, const gpu::WrongWords& wrong,
                                 std::uint64_t checked) {
    cover(what);
    tell_progress();
    report_.values_compared += checked;
    report_.values_wrong += wrong.count;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(wrong.count, wrong.most_kept); ++i) {
        const gpu::WrongWords::Word& word = wrong.kept[i];
        if (report_.mismatches.size() < most_mismatches) {
            report_.mismatches.push_back({fmt::format("{} [{}]", what, word.index),
                                          std::to_string(word.expected), std::to_string(word.found),
                                          fmt::format("0x{:016x}", word.expected),
                                          fmt::format("0x{:016x}", word.found)});
        }
    }
}

void CheckRun::expect(bool holds, const std::string& what, const std::string& expected,
                      double found) {
    cover(what);
    ++report_.values_compared;
    if (!holds) {
        ++report_.values_wrong;
        report_.mismatches.push_back({what, expected, fmt::format("{:.17g}", found), {}, {}});
    }
}

void CheckRun::cover(const std::string& what) {
    const std::string name = what.substr(0, what.find(','));
    if (std::ranges::find(report_.covered, name) == report_.covered.end()) {
        report_.covered.push_back(name);
    }
}

Timing CheckRun::time(const std::function<void()>& computation, validate::Work work) {
    end_if_the_fault_says_so();
    const int times = injector_ ? injector_->slowdown(work, progress()) : 1;
    wait_for(settings_.device);  // what was begun before is not timed
    const auto start = Clock::now();
    const double busy_start = cpu_seconds();
    for (int i = 0; i < times; ++i) {  // a slow device is busy for longer
        computation();
    }
    wait_for(settings_.device);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const double busy =
        settings_.device.is_cpu() ? (cpu_seconds() - busy_start) / at::get_num_threads() : seconds;
    return {seconds, busy};
}

Result<validate::CheckReport> CheckRun::finish() {
    if (context_.is_cancelled()) {
        return failure(ErrorCode::interrupted, "the check was stopped");
    }
    report_.faults_injected = injector_ ? injector_->strikes() : 0;
    if (report_.values_wrong > 0) {
        report_.verdict = Verdict::fail;
        report_.message = fmt::format("{} of {} values are wrong; first: {}", report_.values_wrong,
                                      report_.values_compared, report_.mismatches.front().where);
    } else if (report_.values_compared == 0 && report_.measurements.empty()) {
        report_.verdict = Verdict::skip;
        report_.skip_reason = validate::SkipReason::not_supported;
        report_.message = "this LibTorch has none of the operations for this device";
    } else {
        report_.verdict = Verdict::pass;
    }
    return std::move(report_);
}

}  // namespace trilby::backends
