// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/recorded/write_onnx.hpp"

#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

#include "backends/torch/checkpoint_tensors.hpp"
#include "backends/torch/exported/arguments.hpp"
#include "backends/torch/recorded/any_batch.hpp"
#include "backends/torch/recorded/recorder.hpp"
#include "base/try.hpp"
#include "onnx/translation.hpp"
#include "onnx/writer.hpp"
#include "tensors/strided.hpp"

namespace trilby::backends {
namespace {

RecordedCalls record_for(const RecipeNetwork& network, std::int64_t examples) {
    const Batch batch = network.made_inputs(examples);
    std::vector<NamedInput> inputs;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        inputs.push_back({network.input_names[i], batch[i]});
    }
    return record_calls(network.network.forward, inputs, state_of(*network.network.module));
}

Result<RecordedCalls> record_for_any_batch(const RecipeNetwork& network) {
    constexpr std::int64_t examples = 3;
    constexpr std::int64_t other_examples = 5;
    try {
        return for_any_batch({record_for(network, examples), record_for(network, other_examples),
                              examples, other_examples});
    } catch (const c10::Error& error) {
        return failure(ErrorCode::bad_data, error.what_without_backtrace());
    } catch (const std::exception& error) {
        return failure(ErrorCode::bad_data, error.what());
    }
}

pt2::Bytes bytes_of(const torch::Tensor& tensor) {
    const torch::Tensor dense = tensor.detach().contiguous().cpu();
    const auto* first = static_cast<const std::byte*>(dense.data_ptr());
    return {first, first + dense.nbytes()};
}

/// The calls as a program, as if it had been read from a file of torch.export.
std::pair<pt2::Program, pt2::Entries> program_of(RecordedCalls calls) {
    pt2::Program program{.graph = std::move(calls.graph), .inputs = std::move(calls.inputs)};
    program.outputs.push_back({});
    pt2::Entries entries;
    for (const auto& [name, tensor] : calls.tensors) {
        program.tensors.push_back({.name = name,
                                   .entry = name,
                                   .dtype = exported_type_of(tensor.scalar_type()).value(),
                                   .sizes = tensor.sizes().vec(),
                                   .strides = tensors::contiguous_strides(tensor.sizes().vec())});
        entries.emplace(name, bytes_of(tensor));
    }
    return {std::move(program), std::move(entries)};
}

}  // namespace

Result<void> write_onnx(RecipeNetwork network, const std::filesystem::path& checkpoint,
                        const std::string& schema, const std::filesystem::path& file) {
    TRILBY_CHECK(load_weights(checkpoint, state_of(*network.network.module)));
    network.network.module->eval();
    TRILBY_TRY(calls, record_for_any_batch(network));
    const auto [program, entries] = program_of(std::move(calls));
    TRILBY_TRY(model, onnx::translate(program, entries));
    model.metadata = {{"trilby.data", schema}};
    return onnx::write(file, model);
}

}  // namespace trilby::backends
