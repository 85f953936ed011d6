// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "scaffold/code.hpp"
#include "scaffold/network_code.hpp"
#include "scaffold/project.hpp"

namespace trilby::scaffold {
namespace {

using train::table::EmbeddingKind;
using train::table::Settings;

constexpr std::string_view start = R"(
inline torch::Tensor uniform(torch::IntArrayRef shape, double limit) {
    return torch::empty(shape).uniform_(-limit, limit);
}

inline double limit_for(std::int64_t inputs) {
    return 1.0 / std::sqrt(static_cast<double>(inputs));
}
)";

constexpr std::string_view linear_per_input = R"(
/// rows x inputs x from, times inputs x from x to, plus inputs x to.
inline torch::Tensor linear_per_input(const torch::Tensor& x, const torch::Tensor& weights,
                                      const torch::Tensor& biases) {
    return torch::baddbmm(biases.unsqueeze(1), x.transpose(0, 1), weights).transpose(0, 1);
}
)";

constexpr std::string_view plain_numbers = R"(
/// The numbers as they are.
struct Numbers : nn::Module {
    static constexpr std::int64_t size = 1;  // features of each number
    explicit Numbers(const trilby::Dataset& /*data*/) {}
    torch::Tensor forward(const torch::Tensor& numbers) { return numbers; }
};
)";

constexpr std::string_view piecewise_linear_numbers = R"(
/// Each number is encoded by how far it reaches into each bin: 1 for the bins below it, 0 for those
/// above (Gorishniy et al., 2022). The encoding's weights begin as 0, so that at first the embedding
/// is linear.
struct Numbers : nn::Module {
    static constexpr std::int64_t size = embedding_size;  // features of each number
    explicit Numbers(const trilby::Dataset& data) {
        const std::vector<std::vector<double>> edges = data.number_edges(bins);
        std::size_t most_edges = 0;
        for (const std::vector<double>& one : edges) {
            most_edges = std::max(most_edges, one.size());
        }
        const std::int64_t inputs = data.numbers();
        const auto most_bins = static_cast<std::int64_t>(most_edges) - 1;
        // An input with fewer bins has others that always are 0.
        scale = register_buffer("scale", torch::ones({inputs, most_bins}));
        offset = register_buffer("offset", torch::zeros({inputs, most_bins}));
        low = register_buffer("low", torch::zeros({inputs, most_bins}));
        high = register_buffer("high", torch::zeros({inputs, most_bins}));
        for (std::int64_t input = 0; input < inputs; ++input) {
            set_bins(input, edges[static_cast<std::size_t>(input)]);
        }
        encoding_weight =
            register_parameter("encoding_weight", torch::zeros({inputs, most_bins, size}));
        weight = register_parameter("weight", uniform({inputs, size}, 1.0));
        bias = register_parameter("bias", uniform({inputs, size}, 1.0));
    }
    torch::Tensor forward(const torch::Tensor& numbers) {
        const torch::Tensor x = numbers.unsqueeze(2);
        const torch::Tensor encoding = torch::addcmul(offset, x, scale).clamp(low, high);
        return torch::addcmul(linear_per_input(encoding, encoding_weight, bias), x, weight)
            .flatten(1);
    }
    void set_bins(std::int64_t input, const std::vector<double>& edges) {
        constexpr float unbounded = 1e6F;  // numbers are normalized, so this is as good as infinite
        for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
            const auto bin = static_cast<std::int64_t>(i);
            const double length = edges[i + 1] - edges[i];
            scale[input][bin] = 1.0 / length;
            offset[input][bin] = -edges[i] / length;
            high[input][bin] = 1.0;
        }
        // Numbers beyond the ends go on along the line.
        low[input][0] = -unbounded;
        high[input][static_cast<std::int64_t>(edges.size()) - 2] = unbounded;
    }

    torch::Tensor scale;
    torch::Tensor offset;
    torch::Tensor low;
    torch::Tensor high;
    torch::Tensor encoding_weight;
    torch::Tensor weight;
    torch::Tensor bias;
};
)";

constexpr std::string_view periodic_numbers = R"(
/// Sines and cosines of learned frequencies, a linear layer for each number, and ReLU (Gorishniy et
/// al., 2022).
struct Numbers : nn::Module {
    static constexpr std::int64_t size = embedding_size;  // features of each number
    explicit Numbers(const trilby::Dataset& data) {
        const std::int64_t inputs = data.numbers();
        constexpr std::int64_t waves = 2 * frequency_count;
        torch::Tensor first = torch::empty({inputs, frequency_count});
        first.normal_(0.0, frequency_scale).clamp_(-3.0 * frequency_scale, 3.0 * frequency_scale);
        frequencies = register_parameter("frequencies", first);
        weight = register_parameter("weight", uniform({inputs, waves, size}, limit_for(waves)));
        bias = register_parameter("bias", uniform({inputs, size}, limit_for(waves)));
    }
    torch::Tensor forward(const torch::Tensor& numbers) {
        const torch::Tensor angles = numbers.unsqueeze(2) * (2.0 * std::numbers::pi * frequencies);
        const torch::Tensor waves = torch::cat({angles.cos(), angles.sin()}, 2);
        return linear_per_input(waves, weight, bias).relu().flatten(1);
    }

    torch::Tensor frequencies;
    torch::Tensor weight;
    torch::Tensor bias;
};
)";

constexpr std::string_view network = R"(
/// A linear layer whose weights all members share. Each member scales its inputs and outputs, and
/// has its bias.
struct SharedLinear : nn::Module {
    /// `first_scale` is members x inputs.
    SharedLinear(const torch::Tensor& first_scale, std::int64_t outputs) {
        const std::int64_t inputs = first_scale.size(1);
        weight = register_parameter("weight", uniform({outputs, inputs}, limit_for(inputs)));
        input_scale = register_parameter("input_scale", first_scale);
        output_scale = register_parameter("output_scale", torch::ones({members, outputs}));
        bias = register_parameter("bias",
                                  uniform({outputs}, limit_for(inputs)).repeat({members, 1}));
    }
    /// members x rows x inputs, or 1 x rows x inputs, to members x rows x outputs.
    torch::Tensor forward(const torch::Tensor& x) {
        const torch::Tensor y = (x * input_scale.unsqueeze(1)).matmul(weight.t());
        return torch::addcmul(bias.unsqueeze(1), y, output_scale.unsqueeze(1));
    }

    torch::Tensor weight;
    torch::Tensor input_scale;
    torch::Tensor output_scale;
    torch::Tensor bias;
};

/// An ensemble of perceptrons that share most of their weights (TabM: Gorishniy et al., 2024). Takes
/// rows x numbers and rows x codes of categories, and gives members x rows x outputs.
struct Network : nn::Module, trilby::KnowsOuterWeights {
    explicit Network(const trilby::Dataset& data) : nn::Module("Network") {
        std::vector<std::int64_t> column_sizes;
        if (data.numbers() > 0) {
            numbers = register_module("numbers", std::make_shared<Numbers>(data));
            column_sizes.assign(static_cast<std::size_t>(data.numbers()), Numbers::size);
        }
        const std::vector<std::int64_t> categories = data.categories();
        add_categories(categories);
        column_sizes.insert(column_sizes.end(), categories.size(), embedding_size);
        torch::Tensor input_scale = first_scales(column_sizes);
        for (std::int64_t i = 1; i <= depth; ++i) {
            layers.push_back(register_module("layer_" + std::to_string(i),
                                             std::make_shared<SharedLinear>(input_scale, width)));
            input_scale = torch::ones({members, width});
        }
        const std::int64_t outputs = data.output_shape()[0];
        head_weight = register_parameter(
            "head_weight", uniform({members, width, outputs}, limit_for(width)));
        head_bias =
            register_parameter("head_bias", uniform({members, 1, outputs}, limit_for(width)));
    }
    torch::Tensor forward(const torch::Tensor& values, const torch::Tensor& codes) {
        torch::Tensor x = embedded(values, codes).unsqueeze(0);
        for (const auto& layer : layers) {
            x = torch::dropout(layer->forward(x).relu_(), dropout, is_training());
        }
        return torch::baddbmm(head_bias, x, head_weight);
    }
    /// What Muon leaves to AdamW: the embedding of the numbers and the heads; where there is no
    /// embedding, the first layer.
    bool is_outer(std::string_view name) const override {
        const bool has_plain_numbers = numbers && numbers->parameters().empty();
        return name == "head_weight" || name.starts_with("numbers.") ||
               (has_plain_numbers && name == "layer_1.weight");
    }
    /// One table of vectors for the codes of all categories.
    void add_categories(const std::vector<std::int64_t>& categories) {
        std::vector<std::int64_t> first_codes;
        std::int64_t codes = 0;
        for (const std::int64_t count : categories) {
            first_codes.push_back(codes);
            codes += count;
        }
        if (!categories.empty()) {
            first_code = register_buffer("first_code", torch::tensor(first_codes, torch::kInt64));
            code_embedding =
                register_parameter("code_embedding", torch::randn({codes, embedding_size}));
        }
    }
    /// How each member weights what comes from each column at first; this is what makes them differ.
    /// Embeddings keep their direction; of plain numbers, only signs differ.
    static torch::Tensor first_scales(const std::vector<std::int64_t>& column_sizes) {
        const auto columns = static_cast<std::int64_t>(column_sizes.size());
        torch::Tensor scales = torch::randn({members, columns});
        if (*std::max_element(column_sizes.begin(), column_sizes.end()) == 1) {
            scales.sign_();
        }
        if (members == 1) {
            scales.fill_(1.0);
        }
        return scales.repeat_interleave(torch::tensor(column_sizes, torch::kInt64), 1);
    }
    torch::Tensor embedded(const torch::Tensor& values, const torch::Tensor& codes) {
        std::vector<torch::Tensor> features;
        if (numbers) {
            features.push_back(numbers->forward(values));
        }
        if (code_embedding.defined()) {
            features.push_back(torch::embedding(code_embedding, codes + first_code).flatten(1));
        }
        return torch::cat(features, 1);
    }

    std::shared_ptr<Numbers> numbers;  ///< null if there are none
    torch::Tensor first_code;          ///< of each category; undefined if there are none
    torch::Tensor code_embedding;
    std::vector<std::shared_ptr<SharedLinear>> layers;
    torch::Tensor head_weight;
    torch::Tensor head_bias;
};
)";

std::string constants_of(const Settings& settings) {
    std::string code = fmt::format(
        "\nconstexpr std::int64_t members = {};  // of the ensemble\n"
        "constexpr std::int64_t depth = {};  // layers\n"
        "constexpr std::int64_t width = {};  // features of a layer\n"
        "constexpr double dropout = {};\n"
        "constexpr std::int64_t embedding_size = {};  // features of a number or a category\n",
        settings.members, settings.depth, settings.width, code_of(settings.dropout),
        settings.embedding_size);
    switch (settings.embedding) {
        case EmbeddingKind::piecewise_linear:
            return code + fmt::format("constexpr std::int64_t bins = {};\n", settings.bins);
        case EmbeddingKind::periodic:
            return code + fmt::format(
                              "constexpr std::int64_t frequency_count = {};\n"
                              "constexpr double frequency_scale = {};\n",
                              settings.frequencies, code_of(settings.frequency_scale));
        case EmbeddingKind::none:
            break;
    }
    return code;
}

std::string numbers_of(const Settings& settings) {
    switch (settings.embedding) {
        case EmbeddingKind::piecewise_linear:
            return std::string(linear_per_input).append(piecewise_linear_numbers);
        case EmbeddingKind::periodic:
            return std::string(linear_per_input).append(periodic_numbers);
        case EmbeddingKind::none:
            break;
    }
    return std::string(plain_numbers);
}

}  // namespace

Result<NetworkCode> network_code(const Settings& settings, const train::Recipe& /*recipe*/) {
    std::string header =
        "#include <algorithm>\n#include <cmath>\n#include <memory>\n#include <numbers>\n"
        "#include <string>\n#include <string_view>\n#include <torch/torch.h>\n"
        "#include <trilby/outer_weights.hpp>\n#include <trilby/train.hpp>\n"
        "#include <vector>\n\nnamespace nn = torch::nn;\n" +
        constants_of(settings);
    header.append(start).append(numbers_of(settings)).append(network);
    return NetworkCode{std::move(header), "std::make_shared<Network>(data)"};
}

}  // namespace trilby::scaffold
