// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checkpoint_tensors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "train/layers.hpp"

namespace trilby::backends {
namespace {

struct TypeName {
    torch::ScalarType type;
    const char* name;
};
constexpr std::array type_names{
    TypeName{torch::kFloat32, "F32"}, TypeName{torch::kFloat64, "F64"},
    TypeName{torch::kFloat16, "F16"}, TypeName{torch::kBFloat16, "BF16"},
    TypeName{torch::kInt64, "I64"},   TypeName{torch::kInt32, "I32"},
    TypeName{torch::kUInt8, "U8"},    TypeName{torch::kBool, "BOOL"}};

/// Null for a type that checkpoints do not have.
const char* name_of(torch::ScalarType type) {
    const auto* row = std::ranges::find(type_names, type, &TypeName::type);
    return row == type_names.end() ? nullptr : row->name;
}

train::TensorView view_of(const std::string& name, const torch::Tensor& on_host) {
    return {name,
            name_of(on_host.scalar_type()),
            on_host.sizes().vec(),
            {static_cast<const std::byte*>(on_host.data_ptr()), on_host.nbytes()}};
}

std::unexpected<Error> misfit(const std::filesystem::path& path, const std::string& name,
                              std::string_view why) {
    return failure(ErrorCode::bad_data,
                   fmt::format("checkpoint '{}': tensor '{}' {}", path.string(), name, why),
                   "resume with the recipe that the checkpoint was made with");
}

std::string write_metrics(const train::Metrics& metrics) {
    std::string lines;
    for (const auto& [name, value] : metrics) {
        lines += fmt::format("{} {}\n", name, value.content.value_or(NAN));
    }
    return lines;
}

train::Metrics read_metrics(std::string_view lines) {
    train::Metrics metrics;
    for (const std::string_view line : split_lines(lines)) {
        const std::size_t blank = line.find(' ');
        if (blank != line.npos) {
            const double value = std::strtod(std::string(line.substr(blank + 1)).c_str(), nullptr);
            metrics[std::string(line.substr(0, blank))] =
                std::isfinite(value) ? json::Nullable<double>{value} : json::Nullable<double>{};
        }
    }
    return metrics;
}

}  // namespace

Result<HostTensors> HostTensors::of(const NamedTensors& tensors) {
    TRILBY_CHECK(check_types(tensors));
    HostTensors on_host;
    for (const auto& [name, tensor] : tensors) {
        on_host.tensors.push_back(tensor.detach().to(torch::kCPU).contiguous());
        on_host.views.push_back(view_of(name, on_host.tensors.back()));
    }
    return on_host;
}

std::optional<torch::ScalarType> type_named(std::string_view name) {
    const auto* row =
        std::ranges::find_if(type_names, [&](const TypeName& type) { return type.name == name; });
    return row == type_names.end() ? std::nullopt : std::optional(row->type);
}

Result<void> check_types(const NamedTensors& tensors) {
    for (const auto& [name, tensor] : tensors) {
        if (name_of(tensor.scalar_type()) == nullptr) {
            return failure(ErrorCode::bad_data,
                           fmt::format("a checkpoint cannot hold the tensor '{}' of the type {}",
                                       printable(name, 200), c10::toString(tensor.scalar_type())),
                           "use another type for it, such as float32 or int64");
        }
    }
    return {};
}

Result<void> save_tensors(const std::filesystem::path& path, const NamedTensors& tensors,
                          const train::Metadata& metadata) {
    TRILBY_TRY(on_host, HostTensors::of(tensors));
    return train::write_checkpoint(path, on_host.views, metadata);
}

Result<void> copy_tensors(const train::Checkpoint& checkpoint, const std::filesystem::path& file,
                          const NamedTensors& tensors) {
    const torch::NoGradGuard no_grad;
    TRILBY_CHECK(check_types(tensors));
    for (const auto& [name, tensor] : tensors) {
        const auto found = std::ranges::find(checkpoint.tensors(), name, &train::TensorView::name);
        if (found == checkpoint.tensors().end()) {
            return misfit(file, name, "is missing");
        }
        torch::Tensor values = torch::empty(tensor.sizes(), tensor.scalar_type());
        const train::TensorView expected = view_of(name, values);
        if (found->dtype != expected.dtype || found->shape != expected.shape) {
            return misfit(file, name,
                          fmt::format("is {} of {}, expected {} of {}", found->dtype,
                                      train::format_shape(found->shape), expected.dtype,
                                      train::format_shape(expected.shape)));
        }
        std::memcpy(values.data_ptr(), found->bytes.data(), found->bytes.size());
        torch::Tensor target = tensor;
        target.copy_(values);
    }
    return {};
}

Result<void> load_weights(const std::filesystem::path& path, const NamedTensors& network) {
    TRILBY_TRY(checkpoint, train::Checkpoint::read(path));
    const std::string prefix = train::prefix_of_weights(checkpoint);
    NamedTensors tensors;
    for (const auto& [name, tensor] : network) {
        tensors.emplace_back(prefix + name, tensor);
    }
    return copy_tensors(checkpoint, path, tensors);
}

train::Metadata to_metadata(const RunPosition& position) {
    return {{"trilby.step", fmt::format("{}", position.step)},
            {"trilby.epoch_examples", fmt::format("{}", position.epoch_loss.examples)},
            {"trilby.epoch_loss", fmt::format("{}", position.epoch_loss.sum)},
            {"trilby.validation", write_metrics(position.validation)},
            {"trilby.best_epoch", fmt::format("{}", position.best.epoch)},
            {"trilby.best_validation", write_metrics(position.best.validation)}};
}

Result<RunPosition> read_position(const train::Metadata& metadata,
                                  const std::filesystem::path& path) {
    const auto text = [&](const char* key) {
        const auto found = metadata.find(key);
        return found != metadata.end() ? std::string_view(found->second) : std::string_view();
    };
    const auto step = parse_number<std::int64_t>(text("trilby.step"));
    const auto examples = parse_number<std::int64_t>(text("trilby.epoch_examples"));
    const auto best_epoch = parse_number<std::int64_t>(text("trilby.best_epoch"));
    const std::string loss(text("trilby.epoch_loss"));
    if (!step || !examples || !best_epoch || loss.empty() || *step < 0 || *examples < 0 ||
        *best_epoch < 0) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("checkpoint '{}' does not say where its run stood", path.string()),
            "only checkpoints of 'trilby train' can be resumed");
    }
    return RunPosition{
        .step = *step,
        .epoch_loss = {.sum = std::strtod(loss.c_str(), nullptr), .examples = *examples},
        .validation = read_metrics(text("trilby.validation")),
        .best = {*best_epoch, read_metrics(text("trilby.best_validation"))}};
}

}  // namespace trilby::backends
