// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// New text from a trained network.

#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "train/text/sampling.hpp"
#include "train/trained_run.hpp"

namespace trilby::train::text {

struct GenerationSettings {
    std::int64_t tokens = 500;
    std::uint64_t seed = 1;
    SamplingSettings sampling;
};

/// The job `generate` has the settings as parameters.
[[nodiscard]] json::object to_json(const GenerationSettings& settings);
[[nodiscard]] Result<GenerationSettings> parse_generation(const json::object& params);

/// Calls `on_text` with whole characters as they come. A prompt with a character that the network
/// does not know, and a run that is not on text, are refused.
[[nodiscard]] worker::Answer<void> generate(const TrainedRun& run, std::string_view prompt,
                                            const GenerationSettings& settings,
                                            const SessionOptions& options,
                                            const std::function<void(std::string_view)>& on_text);

}  // namespace trilby::train::text
