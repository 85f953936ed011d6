// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A trained run as one self-contained page.

#pragma once

#include <cstdint>
#include <string>

#include "report/markup.hpp"
#include "train/predictions.hpp"
#include "train/recipe.hpp"
#include "train/run_history.hpp"
#include "train/samples.hpp"
#include <trilby/probe.hpp>

namespace trilby::report {

/// Where the evaluation was computed.
struct RunMachine {
    Machine machine;
    std::string backend;
    std::string libtorch;  ///< version that the backend was built with
    std::int64_t device = 0;
    std::int64_t threads = 1;
};

struct RunReport {
    std::string checkpoint;  ///< path
    std::string data;        ///< path of what was evaluated on
    train::Recipe recipe;
    train::RunHistory history;
    train::Evaluation evaluation;
    train::Samples samples;
    RunMachine machine;
    std::string program_version;
};

/// Result, baselines, curves, errors, samples, settings and machine.
[[nodiscard]] std::string to_html(const RunReport& report);
/// The content until the evaluation has ended.
[[nodiscard]] std::string unfinished_run_html();

// Parts of the page, empty where the run has nothing to show.

[[nodiscard]] Markup class_section(const train::Evaluation& evaluation);
[[nodiscard]] Markup number_section(const train::Evaluation& evaluation,
                                    const train::Samples& samples);
[[nodiscard]] Markup forecast_section(const train::Evaluation& evaluation,
                                      const train::Samples& samples);
[[nodiscard]] Markup text_section(const train::Samples& samples);
[[nodiscard]] Markup sample_section(const train::Samples& samples);

}  // namespace trilby::report
