// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Forecasts a series from its past with two layers: ./series load.csv

#include <trilby/train.hpp>

namespace nn = torch::nn;

/// Forecasts the differences from the last value that it sees, of each variable alike.
struct Net : nn::Module {
    Net(std::int64_t look_back, std::int64_t horizon)
        : nn::Module("Net"),
          layers(
              register_module("layers", nn::Sequential(nn::Linear(look_back, 64), nn::ReLU(),
                                                       nn::Dropout(0.2), nn::Linear(64, horizon)))),
          direct(register_module("direct", nn::Linear(look_back, horizon))) {}
    torch::Tensor forward(const torch::Tensor& past) {
        const torch::Tensor last = past.narrow(2, past.size(2) - 1, 1);
        const torch::Tensor changes = past - last;
        return last + direct->forward(changes) + layers->forward(changes);
    }

    nn::Sequential layers;
    nn::Linear direct;
};

int main(int argc, char** argv) {
    return trilby::run(argc, argv, [](trilby::Job& job) {
        const trilby::Dataset data(job.data("series.csv"), {.task = "series"});
        const auto net = std::make_shared<Net>(data.input_shape()[1], data.output_shape()[1]);
        job.fit(net, data);
    });
}
