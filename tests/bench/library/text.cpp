// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// The training of docs/examples/train/text.cpp in plain LibTorch, with a constant learning rate.
// Prints what the scripts in tests/bench/pytorch print.
//
// usage: text FILE STEPS THREADS

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <torch/torch.h>
#include <vector>

namespace {

namespace nn = torch::nn;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t batch_size = 32;
constexpr std::int64_t context = 64;
constexpr std::int64_t width = 256;

struct Net : nn::Module {
    explicit Net(std::int64_t tokens)
        : vectors(register_module("vectors", nn::Embedding(tokens, width))),
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

struct Text {
    torch::Tensor tokens;
    std::int64_t different = 0;
};

Text read_text(const char* path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::map<char, std::int64_t> ids;
    for (const char byte : bytes) {
        ids.emplace(byte, 0);
    }
    std::int64_t next = 0;
    for (auto& [byte, id] : ids) {
        id = next++;
    }
    std::vector<std::int64_t> tokens;
    for (const char byte : bytes) {
        tokens.push_back(ids.at(byte));
    }
    const std::size_t training = tokens.size() * 9 / 10;
    tokens.resize(training);
    return {torch::tensor(tokens), next};
}

class Training {
  public:
    explicit Training(const Text& text)
        : windows_(text.tokens.unfold(0, context + 1, 1)), tokens_(text.different) {}

    double take_steps(int count) {
        torch::Tensor losses = torch::zeros({});
        for (int step = 0; step < count; ++step) {
            losses += take_step();
        }
        return losses.item<double>() / count;
    }
    [[nodiscard]] std::int64_t parameters() const {
        std::int64_t count = 0;
        for (const torch::Tensor& parameter : net_.parameters()) {
            count += parameter.numel();
        }
        return count;
    }

  private:
    torch::Tensor take_step() {
        const torch::Tensor batch =
            windows_.index_select(0, torch::randint(windows_.size(0), {batch_size}, torch::kInt64));
        optimizer_.zero_grad();
        const torch::Tensor scores = net_.forward(batch.narrow(1, 0, context));
        const torch::Tensor loss =
            torch::cross_entropy_loss(scores.flatten(0, 1), batch.narrow(1, 1, context).flatten());
        loss.backward();
        nn::utils::clip_grad_norm_(net_.parameters(), 1.0);
        optimizer_.step();
        return loss.detach();
    }

    torch::Tensor windows_;
    std::int64_t tokens_;
    Net net_{tokens_};
    torch::optim::AdamW optimizer_{net_.parameters(),
                                   torch::optim::AdamWOptions(0.003).weight_decay(0.01)};
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("usage: text FILE STEPS THREADS\n", stderr);
        return 64;
    }
    const int steps = std::atoi(argv[2]);
    torch::set_num_threads(std::atoi(argv[3]));
    torch::manual_seed(1);
    Training training(read_text(argv[1]));
    training.take_steps(1);
    std::puts("first step");
    std::fflush(stdout);
    training.take_steps(steps - 1);
    const auto start = Clock::now();
    const double loss = training.take_steps(steps);
    const std::chrono::duration<double> time = Clock::now() - start;
    std::printf("{\"rate\": %g, \"loss\": %g, \"parameters\": %lld}\n",
                static_cast<double>(steps * batch_size * context) / time.count(), loss,
                static_cast<long long>(training.parameters()));
}
