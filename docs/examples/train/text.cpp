// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Guesses the next character of a text with a recurrent network: ./text plays.txt

#include <cstdio>

#include <trilby/train.hpp>

namespace nn = torch::nn;

/// A vector for each token, a GRU, and the scores of each next token.
struct Net : nn::Module {
    explicit Net(std::int64_t tokens, std::int64_t width = 256)
        : nn::Module("Net"),
          vectors(register_module("vectors", nn::Embedding(tokens, width))),
          memory(
              register_module("memory", nn::GRU(nn::GRUOptions(width, width).batch_first(true)))),
          scores(register_module("scores", nn::Linear(width, tokens))) {}
    torch::Tensor forward(const torch::Tensor& tokens) {
        return scores->forward(std::get<0>(memory->forward(vectors->forward(tokens))));
    }

    nn::Embedding vectors;
    nn::GRU memory;
    nn::Linear scores;
};

int main(int argc, char** argv) {
    return trilby::run(argc, argv, [](trilby::Job& job) {
        const trilby::Dataset data(job.data("input.txt"),
                                   {.task = "text", .settings = {{"network.context", 64}}});
        const auto net = std::make_shared<Net>(data.tokens());
        const trilby::RunResult result = job.fit(net, data,
                                                 {.settings = {{"optimizer.name", "adamw"},
                                                               {"optimizer.learning_rate", 0.003},
                                                               {"optimizer.clip_norm", 1.0}}});
        std::printf("%.3f nats per character after %d epochs\n",
                    result.validation.at("nats_per_character"), static_cast<int>(result.epochs));
    });
}
