// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Trains an exported model with the batches of a file, and writes what it computes:
///   exported_steps MODEL.pt2 DATA.safetensors RESULT.safetensors

#include <fmt/format.h>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends/exported/training_steps.hpp"

namespace trilby {
namespace {

template <class T>
T value_of(Result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().message);
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

void write(const std::map<std::string, torch::Tensor>& results, const std::string& path) {
    std::vector<torch::Tensor> kept;
    std::vector<safetensors::TensorView> views;
    for (const auto& [name, tensor] : results) {
        const torch::Tensor& whole = kept.emplace_back(tensor.contiguous());
        views.push_back({name,
                         whole.scalar_type() == torch::kInt64 ? "I64" : "F32",
                         whole.sizes().vec(),
                         {static_cast<const std::byte*>(whole.data_ptr()), whole.nbytes()}});
    }
    value_of(safetensors::write(path, views));
}

void run(const std::string& model, const std::string& data, const std::string& result) {
    torch::set_num_threads(1);
    const auto network =
        value_of(backends::ExportedNetwork::load(value_of(pt2::File::open(model)), model));
    write(testing::train_steps(*network, value_of(safetensors::File::open(data))), result);
}

}  // namespace
}  // namespace trilby

int main(int argc, char** argv) {
    if (argc != 4) {
        fmt::print(stderr, "usage: {} MODEL.pt2 DATA.safetensors RESULT.safetensors\n", argv[0]);
        return 64;
    }
    try {
        trilby::run(argv[1], argv[2], argv[3]);
    } catch (const std::exception& error) {
        fmt::print(stderr, "error: {}\n", error.what());
        return 1;
    }
    return 0;
}
