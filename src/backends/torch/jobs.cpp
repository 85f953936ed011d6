// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/jobs.hpp"

#include <ATen/Version.h>
#include <array>
#include <fmt/format.h>
#include <torch/torch.h>

#include "backends/torch/checking/check_job.hpp"
#include "backends/torch/checking/kernel_calls.hpp"
#include "backends/torch/device.hpp"
#include "backends/torch/examination.hpp"
#include "backends/torch/exported/model_network.hpp"
#include "backends/torch/prediction.hpp"
#include "backends/torch/rate_test.hpp"
#include "backends/torch/recorded/write_onnx.hpp"
#include "backends/torch/runtime.hpp"
#include "backends/torch/text/generation.hpp"
#include "backends/torch/trainer.hpp"
#include "base/try.hpp"
#include "train/prepared_data.hpp"

namespace trilby::backends {
namespace {

constexpr const char* distrust_hint =
    "do not trust this device's results: check its memory, cooling and driver";

Result<torch::Device> device_of(const JobContext& context, const json::object& params) {
    TRILBY_TRY(index, json::get_integer(params, "device", "params"));
    const auto count = static_cast<std::int64_t>(context.devices().size());
    if (index < 0 || index >= count) {
        return failure(
            ErrorCode::usage,
            fmt::format("device {} does not exist; the backend has {}", index, count),
            count == 1 ? "use --device 0" : fmt::format("use --device 0 to {}", count - 1));
    }
    return torch_device(definition().name, index);
}

/// One of our kernels fills a mebibyte, and another one checks it.
Result<void> check_kernels(torch::Device device) {
    constexpr std::int64_t words = 1 << 17;
    const gpu::Filling filling{gpu::Pattern::random, 1, false};
    const auto memory = torch::zeros({words}, torch::TensorOptions(device).dtype(torch::kInt64));
    const WrongWordCount wrong(device);
    launch(device, [&] { return gpu::fill(words_of(memory), words, filling); });
    launch(device, [&] { return gpu::check(words_of(memory), words, filling, wrong.get()); });
    if (const std::uint64_t count = wrong.read().count; count != 0) {
        return failure(ErrorCode::failed,
                       fmt::format("{} of {} words in its memory are wrong", count, words),
                       distrust_hint);
    }
    return {};
}

/// "2.6.3", from LibTorch's "Intel(R) MKL-DNN v2.6.3 (Git Hash ...)"; empty without oneDNN.
std::string onednn_version() {
    const std::string text = at::get_mkldnn_version();
    const std::size_t mark = text.find(" v");
    if (mark == std::string::npos) {
        return {};
    }
    const std::size_t first = mark + 2;
    return text.substr(first, text.find(' ', first) - first);
}

/// Compares a matrix product of small integers, which is exact in float32 in any order of
/// summation, with the same product in integers on the host.
Result<json::object> known_answer(const JobContext& context, const json::object& params) {
    TRILBY_TRY(device, device_of(context, params));
    constexpr std::int64_t side = 64;
    const auto numbers = torch::arange(side * side, torch::kInt64).view({side, side});
    const auto a = numbers.remainder(7);
    const auto b = numbers.remainder(5).t().contiguous();
    const auto expected = a.unsqueeze(2).mul(b.unsqueeze(0)).sum(1);
    const auto computed =
        torch::matmul(a.to(device, torch::kFloat32), b.to(device, torch::kFloat32))
            .to(torch::kCPU, torch::kInt64);
    const std::int64_t wrong = computed.ne(expected).sum().item<std::int64_t>();
    if (wrong != 0) {
        return failure(
            ErrorCode::failed,
            fmt::format("a {0} x {0} matrix product has {1} wrong elements", side, wrong),
            distrust_hint);
    }
    TRILBY_CHECK(check_kernels(device));
    json::object libraries = to_json(describe_libraries());
    if (const std::string version = onednn_version(); !version.empty()) {
        libraries["onednn_version"] = version;
    }
    return json::object{{"elements", side * side}, {"libraries", std::move(libraries)}};
}

/// What all jobs on data have in common.
struct DataJob {
    torch::Device device;
    train::Recipe recipe;
    std::string schema_text;
    json::object schema;
    data::Parts parts;
    train::SharedArrays arrays;
    std::optional<std::string> no_trial;
    OwnParts own = {};

    [[nodiscard]] TaskData data() const { return {schema, parts, arrays}; }
};

Result<train::SharedArrays> map_arrays(
    const json::object& params, const std::string& name,
    train::SharedArrays::Access access = train::SharedArrays::Access::read) {
    TRILBY_TRY(descriptor, json::get_integer(params, name + "_descriptor", "params"));
    TRILBY_TRY(layout, train::parse_array_layout(params, name));
    return train::SharedArrays::map(static_cast<int>(descriptor), std::move(layout), access);
}

std::optional<std::string> optional_text(const json::object& params, const char* key) {
    const auto text = json::get_string(params, key, "params");
    return text ? std::optional(*text) : std::nullopt;
}

std::optional<double> optional_number(const json::object& params, const char* key) {
    const auto number = json::get_number(params, key, "params");
    return number ? std::optional(*number) : std::nullopt;
}

Result<DataJob> read_data_job(const JobContext& context, const json::object& params) {
    TRILBY_TRY(device, device_of(context, params));
    TRILBY_TRY(threads, json::get_integer(params, "threads", "params"));
    TRILBY_TRY(toml, json::get_string(params, "recipe", "params"));
    TRILBY_TRY(schema_text, json::get_string(params, "schema", "params"));
    TRILBY_TRY(schema, json::parse_object(schema_text, "schema"));
    TRILBY_TRY(parts, train::parse_parts(params, "parts"));
    TRILBY_TRY(arrays, map_arrays(params, "arrays"));
    TRILBY_TRY(recipe, train::parse_recipe(toml, "recipe"));
    set_threads(threads);
    DataJob job{device, std::move(recipe), std::move(schema_text),           std::move(schema),
                parts,  std::move(arrays), optional_text(params, "no_trial")};
    if (!job.recipe.other.model.empty()) {
        TRILBY_TRY(model, json::get_string(params, "model", "params"));
        TRILBY_TRY(network, model_network(job.recipe, job.schema, model));
        job.own.network = std::move(network);
    }
    return job;
}

Result<json::object> train_job(const JobContext& context, const json::object& params) {
    TRILBY_TRY(job, read_data_job(context, params));
    TRILBY_TRY(checkpoint, json::get_string(params, "checkpoint", "params"));
    TRILBY_TRY(resume, json::get_boolean(params, "resume", "params"));
    TRILBY_TRY(saving, train::parse_saving(params));
    TRILBY_TRY(place, group::parse_place(params));
    TRILBY_TRY(trainer,
               Trainer::make(
                   {.recipe = job.recipe,
                    .schema = job.schema_text,
                    .device = job.device,
                    .checkpoint = checkpoint,
                    .resume = resume,
                    .saving = saving,
                    .no_trial = job.no_trial,
                    .time_limit_s = optional_number(params, "time_limit_s"),
                    .own = job.own,
                    .verify_every = json::get_integer(params, "verify_every", "params").value_or(0),
                    .place = place},
                   job.data(), context));
    return trainer->run();
}

Result<json::object> examine_job(const JobContext& context, const json::object& params) {
    TRILBY_TRY(job, read_data_job(context, params));
    TRILBY_TRY(task, make_task(job.recipe, job.data(), job.device, job.own));
    TRILBY_TRY(examination, examine(*task, {job.recipe, job.device, job.no_trial}, context));
    return to_json(examination);
}

Result<json::object> rate_test_job(const JobContext& context, const json::object& params) {
    TRILBY_TRY(job, read_data_job(context, params));
    TRILBY_TRY(task, make_task(job.recipe, job.data(), job.device, job.own));
    TRILBY_TRY(test, test_rates(*task, {job.recipe, job.device, job.no_trial}, context));
    return to_json(test);
}

Result<json::object> predict_job(const JobContext& context, const json::object& params) {
    TRILBY_TRY(job, read_data_job(context, params));
    TRILBY_TRY(checkpoint, json::get_string(params, "checkpoint", "params"));
    TRILBY_TRY(have_targets, json::get_boolean(params, "have_targets", "params"));
    TRILBY_TRY(outputs, map_arrays(params, "outputs", train::SharedArrays::Access::write));
    TRILBY_TRY(task, make_task(job.recipe, job.data(), job.device, job.own));
    return predict(*task, checkpoint, outputs, have_targets, context);
}

Result<json::object> check(const JobContext& context, const json::object& params) {
    TRILBY_TRY(device, device_of(context, params));
    return check_job(context, device, params);
}

Result<json::object> generate_job(const JobContext& context, const json::object& params) {
    TRILBY_TRY(job, read_data_job(context, params));
    TRILBY_TRY(checkpoint, json::get_string(params, "checkpoint", "params"));
    TRILBY_TRY(settings, train::text::parse_generation(params));
    return generate(job.recipe, job.data(), checkpoint, settings, job.device, context);
}

Result<json::object> onnx_job(const JobContext& /*context*/, const json::object& params) {
    TRILBY_TRY(toml, json::get_string(params, "recipe", "params"));
    TRILBY_TRY(schema_text, json::get_string(params, "schema", "params"));
    TRILBY_TRY(schema, json::parse_object(schema_text, "schema"));
    TRILBY_TRY(recipe, train::parse_recipe(toml, "recipe"));
    TRILBY_TRY(checkpoint, json::get_string(params, "checkpoint", "params"));
    TRILBY_TRY(file, json::get_string(params, "file", "params"));
    TRILBY_TRY(network, recipe_network(recipe, schema));
    TRILBY_CHECK(write_onnx(std::move(network), checkpoint, schema_text, file));
    return json::object();
}

constexpr std::array jobs{Job{"known_answer", known_answer}, Job{"train", train_job},
                          Job{"examine", examine_job},       Job{"test_rates", rate_test_job},
                          Job{"predict", predict_job},       Job{"generate", generate_job},
                          Job{"write_onnx", onnx_job},       Job{"check", check}};

}  // namespace

std::span<const Job> torch_jobs() {
    return jobs;
}

}  // namespace trilby::backends
