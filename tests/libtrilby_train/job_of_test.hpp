// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What tests of the library share: a job, and a module of one layer.

#pragma once

#include <filesystem>
#include <gmock/gmock.h>
#include <memory>
#include <string>
#include <vector>

#include "libtrilby_train/data_of_tests.hpp"
#include "support/temporary_folder.hpp"
#include <trilby/train.hpp>

namespace trilby::testing {

struct Line : torch::nn::Module {
    Line(std::int64_t inputs, std::int64_t outputs)
        : torch::nn::Module("Line"),
          line(register_module("line", torch::nn::Linear(inputs, outputs))) {}
    explicit Line(const Dataset& data) : Line(data.input_shape()[0], data.output_shape()[0]) {}
    torch::Tensor forward(const torch::Tensor& x) { return line->forward(x); }
    torch::nn::Linear line;
};

class JobTest : public ::testing::Test {
  protected:
    /// A job of a program with these arguments, and one thread.
    static std::unique_ptr<Job> job(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"program", "--threads", "1"});
        std::vector<const char*> words;
        for (const std::string& argument : arguments) {
            words.push_back(argument.c_str());
        }
        return std::make_unique<Job>(static_cast<int>(words.size()), words.data());
    }
    [[nodiscard]] std::unique_ptr<Job> job_into(const char* folder) const {
        return job({"--output", (folder_ / folder).string()});
    }
    [[nodiscard]] Dataset houses() const {
        return Dataset(folder_.write("houses.csv", table_of_houses()), {.target = "price"});
    }

    TemporaryFolder folder_;
};

inline const FitOptions three_epochs{
    .settings = {{"training.epochs", 3}, {"training.batch_size", 32}}};

}  // namespace trilby::testing
