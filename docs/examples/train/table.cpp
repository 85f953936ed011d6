// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Learns the price in a table from its other columns, with a loss of its own: ./table diamonds.csv

#include <trilby/train.hpp>

namespace nn = torch::nn;

/// Numbers as they are, a vector for each category, and two hidden layers.
struct Net : nn::Module {
    explicit Net(const trilby::Dataset& data) : nn::Module("Net") {
        constexpr std::int64_t vector = 8;
        constexpr std::int64_t width = 256;
        std::int64_t inputs = data.numbers();
        for (const std::int64_t codes : data.categories()) {
            vectors.push_back(register_module("vectors" + std::to_string(vectors.size()),
                                              nn::Embedding(codes, vector)));
            inputs += vector;
        }
        layers =
            register_module("layers", nn::Sequential(nn::Linear(inputs, width), nn::GELU(),
                                                     nn::Linear(width, width), nn::GELU(),
                                                     nn::Linear(width, data.output_shape()[0])));
    }
    torch::Tensor forward(const torch::Tensor& numbers, const torch::Tensor& codes) {
        std::vector<torch::Tensor> inputs{numbers};
        for (std::size_t i = 0; i < vectors.size(); ++i) {
            inputs.push_back(vectors[i]->forward(codes.select(1, static_cast<std::int64_t>(i))));
        }
        return layers->forward(torch::cat(inputs, 1));
    }

    std::vector<nn::Embedding> vectors;
    nn::Sequential layers{nullptr};
};

int main(int argc, char** argv) {
    return trilby::run(argc, argv, [](trilby::Job& job) {
        const trilby::Dataset data(job.data("diamonds.csv"), {.target = "price", .task = "table"});
        // Makes less of outliers than squares do.
        const auto loss = [](const torch::Tensor& outputs, const torch::Tensor& targets) {
            return torch::smooth_l1_loss(outputs, targets);
        };
        job.fit(std::make_shared<Net>(data), data,
                {.settings = {{"optimizer.learning_rate", 0.002}}, .loss = loss});
    });
}
