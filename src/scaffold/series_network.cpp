// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "base/try.hpp"
#include "scaffold/code.hpp"
#include "scaffold/network_code.hpp"
#include "scaffold/project.hpp"
#include "train/series/data.hpp"

namespace trilby::scaffold {
namespace {

using train::series::NetworkKind;
using train::series::Settings;

constexpr std::string_view shared_matrix = R"(
/// A matrix from the past to the forecast, the same for all variables. It starts as the mean of the
/// past.
struct Matrix : nn::Module {
    Matrix()
        : weight(register_parameter("weight",
                                    torch::full({1, look_back, horizon}, 1.0 / look_back))),
          bias(register_parameter("bias", torch::zeros({1, 1, horizon}))) {}
    torch::Tensor forward(const torch::Tensor& past) {
        const torch::Tensor rows = past.reshape({-1, look_back});
        return torch::addmm(bias[0], rows, weight[0]).view({past.size(0), past.size(1), -1});
    }

    torch::Tensor weight;
    torch::Tensor bias;
};
)";

constexpr std::string_view own_matrices = R"(
/// A matrix from the past to the forecast for each variable. They start as the mean of the past.
struct Matrix : nn::Module {
    explicit Matrix(std::int64_t variables)
        : weight(register_parameter("weight",
                                    torch::full({variables, look_back, horizon}, 1.0 / look_back))),
          bias(register_parameter("bias", torch::zeros({variables, 1, horizon}))) {}
    torch::Tensor forward(const torch::Tensor& past) {
        if (past.size(1) > 1) {
            return torch::baddbmm(bias, past.transpose(0, 1), weight).transpose(0, 1);
        }
        const torch::Tensor rows = past.reshape({-1, look_back});
        return torch::addmm(bias[0], rows, weight[0]).view({past.size(0), past.size(1), -1});
    }

    torch::Tensor weight;
    torch::Tensor bias;
};
)";

constexpr std::string_view trend_and_rest = R"(
/// A matrix for the trend, a moving mean, and one for the rest (Zeng et al., 2023).
struct TrendAndRest : nn::Module {
    {{constructor}}
        : trend(register_module("trend", std::make_shared<Matrix>({{variables}}))),
          rest(register_module("rest", std::make_shared<Matrix>({{variables}}))) {}
    torch::Tensor forward(const torch::Tensor& past) {
        constexpr std::int64_t reach = 12;  // of the mean to each side
        const torch::Tensor padded = torch::replication_pad1d(past, {reach, reach});
        const torch::Tensor moving_mean = torch::avg_pool1d(padded, 2 * reach + 1, /*stride=*/1);
        return trend->forward(moving_mean) + rest->forward(past - moving_mean);
    }

    std::shared_ptr<Matrix> trend;
    std::shared_ptr<Matrix> rest;
};
)";

constexpr std::string_view patch_transformer = R"(
/// Attention and a feed-forward layer, each added to its input: rows x patches x width.
struct BlockImpl : nn::Module {
    BlockImpl()
        : attention_norm(register_module("attention_norm", make_norm())),
          query_key_value(register_module("query_key_value", nn::Linear(width, 3 * width))),
          attention_output(register_module("attention_output", nn::Linear(width, width))),
          forward_norm(register_module("forward_norm", make_norm())),
          widen(register_module("widen", nn::Linear(width, 4 * width))),
          narrow(register_module("narrow", nn::Linear(4 * width, width))),
          dropout(register_module("dropout", nn::Dropout(dropout_probability))) {}
    torch::Tensor forward(const torch::Tensor& input) {
        const torch::Tensor attended =
            input + dropout(attention_output(attention(attention_norm(input))));
        const torch::Tensor wide = dropout(torch::gelu(widen(forward_norm(attended))));
        return attended + dropout(narrow(wide));
    }
    torch::Tensor attention(const torch::Tensor& input) {
        constexpr std::int64_t head_width = width / heads;
        const auto parts = query_key_value(input)
                               .view({-1, input.size(1), 3, heads, head_width})
                               .permute({2, 0, 3, 1, 4})
                               .unbind(0);
        const double scale = 1.0 / std::sqrt(static_cast<double>(head_width));
        const torch::Tensor weights =
            torch::matmul(parts[0] * scale, parts[1].transpose(-2, -1)).softmax(-1);
        return torch::matmul(weights, parts[2]).transpose(1, 2).reshape({-1, input.size(1), width});
    }
    static nn::LayerNorm make_norm() { return nn::LayerNorm(nn::LayerNormOptions({width})); }

    nn::LayerNorm attention_norm;
    nn::Linear query_key_value;
    nn::Linear attention_output;
    nn::LayerNorm forward_norm;
    nn::Linear widen;
    nn::Linear narrow;
    nn::Dropout dropout;
};
TORCH_MODULE(Block);

/// Attention between patches of the past of a variable (PatchTST: Nie et al., 2023).
struct PatchTransformer : nn::Module {
    PatchTransformer()
        : embedding(register_module("embedding", nn::Linear(patch_length, width))),
          positions(register_parameter("positions", 0.02 * torch::randn({patches, width}))),
          dropout(register_module("dropout", nn::Dropout(dropout_probability))),
          blocks(register_module("blocks", nn::Sequential())),
          norm(register_module("norm", BlockImpl::make_norm())),
          head(register_module("head", nn::Linear(patches * width, horizon))) {
        for (std::int64_t layer = 0; layer < layers; ++layer) {
            blocks->push_back(Block());
        }
    }
    torch::Tensor forward(const torch::Tensor& past) {
        const torch::Tensor cut = torch::replication_pad1d(past, {0, patch_stride})
                                      .flatten(0, 1)
                                      .unfold(-1, patch_length, patch_stride);
        const torch::Tensor tokens = blocks->forward(dropout(embedding(cut) + positions));
        return head(norm(tokens).flatten(1)).view({past.size(0), past.size(1), -1});
    }

    nn::Linear embedding;
    torch::Tensor positions;
    nn::Dropout dropout;
    nn::Sequential blocks;
    nn::LayerNorm norm;
    nn::Linear head;
};
)";

constexpr std::string_view network = R"(
/// {{meaning}}: windows x variables x look-back to windows x variables x horizon.
struct Network : nn::Module {
    {{constructor}}
        : nn::Module("Network"),
          forecaster(
              register_module("forecaster", std::make_shared<{{forecaster}}>({{variables}}))) {}
    torch::Tensor forward(const torch::Tensor& past) {
{{forward}}    }

    std::shared_ptr<{{forecaster}}> forecaster;
};
)";

// ---- What is done to a window before and after the forecast

constexpr std::string_view as_it_is = R"(        return forecaster->forward(past);
)";

constexpr std::string_view from_last_value =
    R"(        const torch::Tensor last = past.narrow(-1, past.size(-1) - 1, 1);
        return forecaster->forward(past - last) + last;
)";

/// RevIN (Kim et al., 2022).
constexpr std::string_view normalized =
    R"(        const torch::Tensor mean = past.mean(-1, /*keepdim=*/true);
        const torch::Tensor variance = (past - mean).square().mean(-1, /*keepdim=*/true);
        const torch::Tensor scale = (variance + 1e-5).sqrt();
        return forecaster->forward((past - mean) / scale) * scale + mean;
)";

constexpr std::string_view normalized_from_last_value =
    R"(        const torch::Tensor last = past.narrow(-1, past.size(-1) - 1, 1);
        const torch::Tensor mean = past.mean(-1, /*keepdim=*/true);
        const torch::Tensor variance = (past - mean).square().mean(-1, /*keepdim=*/true);
        const torch::Tensor scale = (variance + 1e-5).sqrt();
        return forecaster->forward((past - last) / scale) * scale + last;
)";

std::string_view forward_of(const Settings& settings) {
    const bool starts_at_last_value = settings.kind == NetworkKind::nlinear;
    return settings.normalize ? (starts_at_last_value ? normalized_from_last_value : normalized)
                              : (starts_at_last_value ? from_last_value : as_it_is);
}

// ---- The whole

std::string constants_of(const Settings& settings) {
    std::string code = fmt::format(
        "\nconstexpr std::int64_t look_back = {};  // steps that the network sees\n"
        "constexpr std::int64_t horizon = {};  // steps that it forecasts\n",
        settings.look_back, settings.horizon);
    if (settings.kind == NetworkKind::patch_transformer) {
        code += fmt::format(
            "constexpr std::int64_t patch_length = {};\n"
            "constexpr std::int64_t patch_stride = {};\n"
            "/// The past is continued by one stride, so that its end is in a patch too.\n"
            "constexpr std::int64_t patches = (look_back - patch_length) / patch_stride + 2;\n"
            "constexpr std::int64_t width = {};  // numbers per patch between layers\n"
            "constexpr std::int64_t layers = {};\n"
            "constexpr std::int64_t heads = {};  // of the attention in a layer\n"
            "constexpr double dropout_probability = {};\n",
            settings.patch_length, settings.patch_stride, settings.width, settings.layers,
            settings.heads, code_of(settings.dropout));
    }
    return code;
}

std::string_view forecaster_name(const Settings& settings) {
    return settings.kind == NetworkKind::patch_transformer ? "PatchTransformer"
           : settings.kind == NetworkKind::dlinear         ? "TrendAndRest"
                                                           : "Matrix";
}

std::string_view meaning_of(const Settings& settings) {
    return settings.normalize ? "Forecasts a window that is normalized by its mean and deviation"
           : settings.kind == NetworkKind::nlinear
               ? "Forecasts the differences from the last value of a window"
               : "Forecasts a window";
}

/// The forecaster before its use in the network, which has the same marks.
std::string parts_of(const Settings& settings) {
    if (settings.kind == NetworkKind::patch_transformer) {
        return std::string(patch_transformer);
    }
    std::string code(settings.individual ? own_matrices : shared_matrix);
    if (settings.kind == NetworkKind::dlinear) {
        code += filled(
            trend_and_rest,
            {{"constructor", settings.individual ? "explicit TrendAndRest(std::int64_t variables)"
                                                 : "TrendAndRest()"},
             {"variables", settings.individual ? "variables" : ""}});
    }
    return code;
}

}  // namespace

Result<NetworkCode> network_code(const Settings& settings, const train::Recipe& recipe) {
    TRILBY_CHECK(train::series::check_network(settings, recipe));
    const bool is_individual =
        settings.individual && settings.kind != NetworkKind::patch_transformer;
    const std::string code =
        "#include <cmath>\n#include <memory>\n#include <torch/torch.h>\n\n"
        "namespace nn = torch::nn;\n" +
        constants_of(settings) + parts_of(settings) +
        filled(network, {{"meaning", std::string(meaning_of(settings))},
                         {"constructor",
                          is_individual ? "explicit Network(std::int64_t variables)" : "Network()"},
                         {"variables", is_individual ? "variables" : ""},
                         {"forecaster", std::string(forecaster_name(settings))},
                         {"forward", std::string(forward_of(settings))}});
    return NetworkCode{code, is_individual ? "std::make_shared<Network>(data.input_shape()[0])"
                                           : "std::make_shared<Network>()"};
}

}  // namespace trilby::scaffold
