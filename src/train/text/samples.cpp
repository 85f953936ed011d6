// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/samples.hpp"

namespace trilby::train::text {

Result<Samples> choose_samples(const Settings& settings, const PreparedData& /*data*/,
                               std::span<const float> outputs) {
    Samples samples;
    for (std::size_t piece = 0; piece < outputs.size(); ++piece) {
        samples.text_losses.emplace_back(
            static_cast<double>(piece) * static_cast<double>(settings.context),
            double{outputs[piece]});
    }
    return samples;
}

}  // namespace trilby::train::text
