// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input is a recipe or an error. A recipe is the same after writing and reading it, and its
// shapes can be inferred.

#include "train/recipe.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <variant>

#include "train/network.hpp"

using namespace trilby::train;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto recipe = parse_recipe({reinterpret_cast<const char*>(data), size}, "input");
    if (!recipe) {
        return 0;
    }
    const std::string written = to_toml(*recipe);
    const auto again = parse_recipe(written, "written");
    if (!again || to_toml(*again) != written) {
        std::abort();
    }
    if (const auto* images = std::get_if<images::Settings>(&recipe->task)) {
        if (const auto shapes = infer_shapes(images->layers, {1, 28, 28})) {
            static_cast<void>(count_parameters(images->layers, *shapes));
        }
    }
    return 0;
}
