// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Tells the images of a folder apart, which has a folder for each class: ./images flowers/

#include <trilby/train.hpp>

namespace nn = torch::nn;

/// Two convolutions and a linear layer.
struct Net : nn::Module {
    Net(const std::vector<std::int64_t>& image, std::int64_t classes)
        : nn::Module("Net"), body(register_module("body", nn::Sequential())) {
        std::int64_t channels = image[0];
        for (const std::int64_t width : {32, 64}) {
            body->push_back(
                nn::Conv2d(nn::Conv2dOptions(channels, width, 3).padding(1).bias(false)));
            body->push_back(nn::BatchNorm2d(width));
            body->push_back(nn::MaxPool2d(2));
            body->push_back(nn::ReLU());
            channels = width;
        }
        body->push_back(nn::Flatten());
        body->push_back(nn::Linear(channels * (image[1] / 4) * (image[2] / 4), classes));
    }
    torch::Tensor forward(const torch::Tensor& images) { return body->forward(images); }

    nn::Sequential body;
};

int main(int argc, char** argv) {
    return trilby::run(argc, argv, [](trilby::Job& job) {
        const trilby::Dataset data(job.data("images"), {.task = "images"});
        const auto net = std::make_shared<Net>(data.input_shape(), data.output_shape()[0]);
        job.fit(net, data);
    });
}
