// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "base/try.hpp"
#include "scaffold/code.hpp"
#include "scaffold/network_code.hpp"
#include "scaffold/project.hpp"
#include "train/text/data.hpp"

namespace trilby::scaffold {
namespace {

using train::text::Activation;
using train::text::Positions;
using train::text::Settings;

constexpr std::string_view linear = R"(
inline nn::Linear linear(std::int64_t from, std::int64_t to) {
    return nn::Linear(nn::LinearOptions(from, to).bias(false));
}
)";

constexpr std::string_view rotary_positions = R"(
/// The cosines and sines of the angles of each pair of a head at each position (Su et al., 2021).
inline trilby::AttentionSettings rotary_positions() {
    constexpr double longest_period = 10'000.0;
    constexpr std::int64_t pairs = head_width / 2;
    const auto number = torch::TensorOptions(torch::kFloat64);
    const torch::Tensor turns =
        torch::pow(longest_period, torch::arange(pairs, number) / -static_cast<double>(pairs));
    const torch::Tensor angles = torch::outer(torch::arange(context, number), turns);
    return {.cosines = angles.cos().to(torch::kFloat32), .sines = angles.sin().to(torch::kFloat32)};
}
)";

constexpr std::string_view block = R"(
/// Attention to the tokens before, and a feed-forward layer, each added to its input: batch x tokens
/// x width.
struct Block : nn::Module {
    Block()
        : query_key_value(register_module("query_key_value", linear(width, 3 * width))),
          output(register_module("output", linear(width, width))),
          up(register_module("up", linear(width, 4 * width))),
          down(register_module("down", linear(4 * width, width))) {
        const torch::NoGradGuard no_grad;
        query_key_value->weight.normal_(0.0, initial_deviation);
        up->weight.normal_(0.0, initial_deviation);
        // A layer adds nothing at first, so that deep networks learn as fast as shallow ones.
        output->weight.zero_();
        down->weight.zero_();
    }
    torch::Tensor forward(const torch::Tensor& x, const trilby::AttentionSettings& settings) {
        const torch::Tensor attended = x + {{attended}};
        return attended + {{fed_forward}};
    }
    torch::Tensor attend(const torch::Tensor& x, const trilby::AttentionSettings& settings) {
        const torch::Tensor all =
            query_key_value->forward(x).view({x.size(0), x.size(1), 3, heads, head_width});
        return output->forward(trilby::causal_attention(all, settings).flatten(2));
    }
    torch::Tensor feed_forward(const torch::Tensor& x) {
        return down->forward({{activation}}(up->forward(x)));
    }

    nn::Linear query_key_value;
    nn::Linear output;
    nn::Linear up;
    nn::Linear down;
};
)";

constexpr std::string_view network = R"(
/// A decoder-only transformer (Vaswani et al., 2017; Radford et al., 2019): the scores of each next
/// token, batch x tokens x known tokens, from batch x tokens.
struct Network : nn::Module {
    explicit Network(std::int64_t tokens) : nn::Module("Network") {
        const torch::NoGradGuard no_grad;
        embedding = register_module("embedding", nn::Embedding(tokens, width));
        embedding->weight.normal_(0.0, initial_deviation);
{{make_positions}}        for (std::int64_t i = 1; i <= layers; ++i) {
            blocks.push_back(
                register_module("block_" + std::to_string(i), std::make_shared<Block>()));
        }
        head = register_module("head", linear(width, tokens));
        head->weight.normal_(0.0, initial_deviation);
    }
    torch::Tensor forward(const torch::Tensor& tokens) {
        torch::Tensor x = embedding->forward(tokens);
{{use_positions}}        for (const auto& block : blocks) {
            x = block->forward(x, settings);
        }
        return head->forward(trilby::normalized(x));
    }

    nn::Embedding embedding = nullptr;
{{positions}}    std::vector<std::shared_ptr<Block>> blocks;
    nn::Linear head = nullptr;
};
)";

/// How the network knows the order of tokens.
struct PositionCode {
    std::string_view member;
    std::string_view make;
    std::string_view use;
};

constexpr PositionCode learned{
    "    nn::Embedding positions = nullptr;\n",
    R"(        positions = register_module("positions", nn::Embedding(context, width));
        positions->weight.normal_(0.0, initial_deviation);
)",
    R"(        x = x + positions->weight.narrow(0, 0, tokens.size(1));
        const trilby::AttentionSettings settings{.is_normalized = query_key_norm};
)"};

constexpr PositionCode rotary{"    trilby::AttentionSettings positions = rotary_positions();\n", "",
                              R"(        const trilby::AttentionSettings settings{
            .is_normalized = query_key_norm,
            .cosines = positions.cosines.narrow(0, 0, tokens.size(1)).to(x.device()),
            .sines = positions.sines.narrow(0, 0, tokens.size(1)).to(x.device())};
)"};

std::string constants_of(const Settings& settings) {
    std::string code = fmt::format(
        "\nconstexpr std::int64_t context = {};  // tokens that a guess can see\n"
        "constexpr std::int64_t layers = {};\n"
        "constexpr std::int64_t heads = {};  // of the attention in a layer\n"
        "constexpr std::int64_t width = {};  // numbers per token between layers\n"
        "constexpr std::int64_t head_width = width / heads;\n"
        "constexpr bool query_key_norm = {};  // normalize queries and keys in each head\n"
        "constexpr double initial_deviation = 0.02;  // as in GPT-2\n",
        settings.context, settings.layers, settings.heads, settings.width,
        code_of(settings.query_key_norm));
    if (settings.dropout > 0.0) {
        code += fmt::format("constexpr double dropout = {};\n", code_of(settings.dropout));
    }
    return code;
}

std::string with_dropout(const Settings& settings, std::string_view code) {
    return settings.dropout > 0.0 ? fmt::format("torch::dropout({}, dropout, is_training())", code)
                                  : std::string(code);
}

std::string block_of(const Settings& settings) {
    return filled(
        block,
        {{"attended", with_dropout(settings, "attend(trilby::normalized(x), settings)")},
         {"fed_forward", with_dropout(settings, "feed_forward(trilby::normalized(attended))")},
         {"activation",
          settings.activation == Activation::gelu ? "torch::gelu" : "trilby::squared_relu"}});
}

std::string network_of(const PositionCode& positions) {
    return filled(network, {{"positions", std::string(positions.member)},
                            {"make_positions", std::string(positions.make)},
                            {"use_positions", std::string(positions.use)}});
}

}  // namespace

Result<NetworkCode> network_code(const Settings& settings, const train::Recipe& recipe) {
    TRILBY_CHECK(train::text::check_network(settings, recipe));
    const bool is_rotary = settings.positions == Positions::rotary;
    std::string header =
        "#include <memory>\n#include <string>\n#include <torch/torch.h>\n"
        "#include <trilby/layers.hpp>\n#include <vector>\n\nnamespace nn = torch::nn;\n" +
        constants_of(settings);
    header.append(linear).append(is_rotary ? rotary_positions : "");
    header.append(block_of(settings)).append(network_of(is_rotary ? rotary : learned));
    return NetworkCode{std::move(header), "std::make_shared<Network>(data.tokens())"};
}

}  // namespace trilby::scaffold
