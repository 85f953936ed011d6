// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/describe.hpp"

namespace trilby::train::series {

enum class NetworkKind : std::uint8_t {
    linear,             ///< one matrix from the look-back to the horizon
    nlinear,            ///< the same, on differences from the last value
    dlinear,            ///< one matrix for the trend and one for the rest
    patch_transformer,  ///< attention between patches of a variable
};
enum class Loss : std::uint8_t { mse, mae, huber };

/// What a recipe says about a series and the network that forecasts it.
struct Settings {
    static constexpr std::string_view name = "series";
    static constexpr std::string_view unit = "windows";  ///< of the speed
    static constexpr bool may_use_bfloat16 = false;

    std::string path;                    ///< of the file
    std::string dataset;                 ///< or the name of a known data set with one file
    std::string time;                    ///< the column; found if empty
    std::vector<std::string> variables;  ///< the columns; all with numbers if empty
    std::int64_t look_back = 0;          ///< steps that the network sees
    std::int64_t horizon = 0;            ///< steps that it forecasts
    /// The parts follow each other in time: training, validation, test. The test part is at the end
    /// unless training_rows is given.
    double validation = 0.1;  ///< fraction of the rows
    double test = 0.2;
    /// Rows of the parts in place of fractions; 0: not given.
    std::int64_t training_rows = 0;
    std::int64_t validation_rows = 0;
    std::int64_t test_rows = 0;
    std::int64_t fill_limit = 48;  ///< the most missing values in a row that are filled

    NetworkKind kind = NetworkKind::linear;
    Loss loss = Loss::huber;
    /// Subtracts the mean of each look-back and divides by its deviation, and undoes that in the
    /// forecast (RevIN: Kim et al., 2022).
    bool normalize = true;
    bool individual = false;         ///< a matrix for each variable; not for patch_transformer
    std::int64_t patch_length = 16;  ///< from here on for patch_transformer only
    std::int64_t patch_stride = 8;
    std::int64_t width = 16;
    std::int64_t layers = 2;
    std::int64_t heads = 4;
    double dropout = 0.2;

    bool operator==(const Settings&) const = default;

    static void visit_data_keys(auto& settings, auto& keys) {
        constexpr std::int64_t step_limit = 100'000;
        constexpr std::int64_t row_limit = 1'000'000'000;
        keys.optional("path", settings.path);
        keys.optional("dataset", settings.dataset);
        keys.optional("time", settings.time);
        keys.optional("variables", settings.variables);
        keys.required("look_back", settings.look_back, 1, step_limit);
        keys.required("horizon", settings.horizon, 1, step_limit);
        keys.optional("validation", settings.validation, 0.0, 0.9);
        keys.optional("test", settings.test, 0.0, 0.9);
        keys.optional("training_rows", settings.training_rows, 0, row_limit);
        keys.optional("validation_rows", settings.validation_rows, 0, row_limit);
        keys.optional("test_rows", settings.test_rows, 0, row_limit);
        keys.optional("fill_limit", settings.fill_limit, 0, step_limit);
    }
    static void visit_keys_of_any_network(auto& settings, auto& keys) {
        keys.optional("loss", settings.loss);
    }
    static void visit_network_keys(auto& settings, auto& keys) {
        keys.required("kind", settings.kind);
        visit_keys_of_any_network(settings, keys);
        keys.optional("normalize", settings.normalize);
        if (settings.kind != NetworkKind::patch_transformer) {
            keys.optional("individual", settings.individual);
            return;
        }
        keys.optional("patch_length", settings.patch_length, 1, 4096);
        keys.optional("patch_stride", settings.patch_stride, 1, 4096);
        keys.optional("width", settings.width, 1, 4096);
        keys.optional("layers", settings.layers, 1, 64);
        keys.optional("heads", settings.heads, 1, 64);
        keys.optional("dropout", settings.dropout, 0.0, 0.9);
    }
};

TRILBY_DESCRIBE_ENUM(NetworkKind, '_', linear, nlinear, dlinear, patch_transformer)
TRILBY_DESCRIBE_ENUM(Loss, '_', mse, mae, huber)

}  // namespace trilby::train::series
