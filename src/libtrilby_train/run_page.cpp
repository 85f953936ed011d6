// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/run_page.hpp"

#include <span>
#include <torch/version.h>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "install/version.hpp"
#include "libtrilby_train/network_use.hpp"
#include "platform/atomic_file.hpp"
#include "report/report_files.hpp"
#include "report/run_html.hpp"
#include "train/own_data.hpp"
#include "train/run_files.hpp"
#include "train/samples.hpp"

namespace trilby {
namespace {

using std::filesystem::path;

/// What the network gives for the held-out examples, and how good that is.
struct Found {
    train::Evaluation evaluation;
    torch::Tensor outputs;

    [[nodiscard]] std::span<const float> numbers() const {
        return {outputs.data_ptr<float>(), static_cast<std::size_t>(outputs.numel())};
    }
};

Result<Found> evaluate(const train::TrainedRun& run, const train::PreparedData& data,
                       std::string part, const backends::Network& network,
                       const torch::Device& device) {
    Found found{.evaluation = {.part = std::move(part), .baselines = data.baselines},
                .outputs = {}};
    TRILBY_CHECK(
        with_task(run.recipe, data, network, device, [&](backends::Task& task) -> Result<void> {
            found.outputs = outputs_of(task, data::Part::test).contiguous();
            found.evaluation.examples = found.outputs.size(0);
            found.evaluation.metric = task.metric();
            found.evaluation.metrics = task.evaluate(data::Part::test);
            return {};
        }));
    TRILBY_CHECK(train::add_reports(run.recipe, data, found.numbers(), found.evaluation));
    return found;
}

std::vector<path> files_of(const path& run) {
    std::vector<path> files;
    for (const char* name : train::run_file_names) {
        files.push_back(run / name);
    }
    return files;
}

}  // namespace

Result<void> start_page(const std::optional<std::string>& file, const path& data,
                        const std::optional<std::string>& resumed_run) {
    if (!file) {
        return {};
    }
    std::vector<path> inputs = resumed_run ? files_of(*resumed_run) : std::vector<path>();
    inputs.push_back(data);
    const std::vector<report::ReportFile> reports{{*file, report::unfinished_run_html()}};
    TRILBY_CHECK(report::check_reports(reports, inputs));
    return report::start_reports(reports);
}

Result<void> write_page(const path& file, const path& run, const backends::Network& network,
                        const StartedDevice& device) {
    TRILBY_TRY(trained, train::TrainedRun::open_any(run));
    TRILBY_TRY(data, train::own_data(trained, std::nullopt));
    TRILBY_TRY(part, train::hold_out(data));
    TRILBY_CHECK(train::finish(data));
    TRILBY_TRY(found, evaluate(trained, data, std::move(part), network, device.torch));
    TRILBY_TRY(samples, train::choose_samples(trained.recipe, data, found.numbers()));
    const report::RunReport report{
        .checkpoint = trained.checkpoint.string(),
        .data = data.source.string(),
        .recipe = trained.recipe,
        .history = train::read_history(trained.checkpoint),
        .evaluation = std::move(found.evaluation),
        .samples = std::move(samples),
        .machine = {device.machine, device.described.backend, TORCH_VERSION,
                    std::max<std::int64_t>(0, device.torch.index()), device.threads},
        .program_version = version};
    return platform::write_file_atomically(file, report::to_html(report));
}

}  // namespace trilby
