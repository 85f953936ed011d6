// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Weights by name, from any of the formats that hold nothing else: safetensors, in one file or in
/// several with an index, and state dicts of torch.save().

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tensors/state_dict.hpp"
#include <trilby/result.hpp>
#include <trilby/safetensors.hpp>

namespace trilby::tensors {

struct Weight {
    std::string name;
    std::string dtype;  ///< that of safetensors: "F32"
    std::vector<std::int64_t> shape;
};

class WeightsFile {
  public:
    /// Reads all but the bytes. ErrorCode::no_input for a file that cannot be opened, and bad_data
    /// for another format and as the readers of these.
    [[nodiscard]] static Result<WeightsFile> open(const std::filesystem::path& path);

    /// In the order of the file.
    [[nodiscard]] const std::vector<Weight>& weights() const { return weights_; }
    /// Null if there is none of that name.
    [[nodiscard]] const Weight* find(std::string_view name) const;
    /// The elements of a weight of this file, little-endian and row-major.
    [[nodiscard]] Result<std::vector<std::byte>> read(const Weight& weight) const;

  private:
    using Safetensors = std::vector<safetensors::File>;

    explicit WeightsFile(Safetensors files);
    explicit WeightsFile(StateDict dict);

    std::vector<Weight> weights_;
    std::variant<Safetensors, StateDict> source_;
};

}  // namespace trilby::tensors
