// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a recipe says of a table and of the network for it.

#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>

#include "base/describe.hpp"

namespace trilby::train::table {

/// How rows are divided into training, validation and test.
enum class SplitKind : std::uint8_t { random, in_order, column };

/// How a number enters the network.
enum class EmbeddingKind : std::uint8_t { none, piecewise_linear, periodic };

TRILBY_DESCRIBE_ENUM(SplitKind, '_', random, in_order, column)
TRILBY_DESCRIBE_ENUM(EmbeddingKind, '_', none, piecewise_linear, periodic)

struct Settings {
    static constexpr std::string_view name = "table";
    static constexpr std::string_view unit = "rows";  ///< of the speed
    static constexpr bool may_use_bfloat16 = false;

    std::string path;     ///< of the file
    std::string dataset;  ///< or the name of a known data set with one file
    std::string target;   ///< a category is classified, a number is estimated
    /// "number", "category", "date" or "ignored" by the column's name, in place of the type that
    /// fits best.
    std::map<std::string, std::string> columns;
    bool log_target = false;  ///< learn the logarithm of the target
    SplitKind split = SplitKind::random;
    std::string split_column;  ///< of SplitKind::column: has "train", "valid" or "test" in each row
    std::int64_t split_seed = 1;
    double validation = 0.16;  ///< fractions of the rows
    double test = 0.2;
    std::string validation_path;  ///< files with the rows of a part, or empty
    std::string test_path;

    std::int64_t width = 256;
    std::int64_t depth = 2;
    double dropout = 0.0;
    std::int64_t members = 8;  ///< networks that share most of their weights
    EmbeddingKind embedding = EmbeddingKind::piecewise_linear;
    std::int64_t embedding_size = 16;  ///< of a number or a category
    std::int64_t bins = 48;            ///< piecewise_linear only
    std::int64_t frequencies = 24;     ///< periodic only
    double frequency_scale = 0.1;      ///< periodic only: deviation of the first frequencies

    bool operator==(const Settings&) const = default;

    static void visit_data_keys(auto& settings, auto& keys) {
        keys.optional("path", settings.path);
        keys.optional("dataset", settings.dataset);
        keys.required("target", settings.target);
        keys.optional("log_target", settings.log_target);
        keys.optional("split", settings.split);
        keys.optional("split_column", settings.split_column);
        keys.optional("split_seed", settings.split_seed, 0,
                      std::numeric_limits<std::int64_t>::max());
        keys.optional("validation", settings.validation, 0.0, 0.9);
        keys.optional("test", settings.test, 0.0, 0.9);
        keys.optional("validation_path", settings.validation_path);
        keys.optional("test_path", settings.test_path);
        keys.optional("columns", settings.columns);
    }
    static void visit_keys_of_any_network(auto& /*settings*/, auto& /*keys*/) {}
    static void visit_network_keys(auto& settings, auto& keys) {
        keys.optional("width", settings.width, 1, 16'384);
        keys.optional("depth", settings.depth, 1, 64);
        keys.optional("dropout", settings.dropout, 0.0, 0.99);
        keys.optional("members", settings.members, 1, 1024);
        keys.optional("embedding", settings.embedding);
        keys.optional("embedding_size", settings.embedding_size, 1, 1024);
        keys.optional("bins", settings.bins, 1, 256);
        keys.optional("frequencies", settings.frequencies, 1, 1024);
        keys.optional("frequency_scale", settings.frequency_scale, 1e-6, 1000.0);
    }
};

}  // namespace trilby::train::table
