// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Files of torch.save() with a state dict. They are pickles, which can call any function of
/// Python. This reader knows the few operations and names that a state dict needs, and runs
/// nothing.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tensors/zip_archive.hpp"
#include <trilby/result.hpp>
#include <trilby/safetensors.hpp>

namespace trilby::tensors {

/// A tensor of a state dict. Several may share the bytes of an entry.
struct PickledTensor {
    std::string name;   ///< the keys of all dictionaries that it is in, with dots: "model.weight"
    std::string dtype;  ///< that of safetensors: "F32"
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;  ///< in elements
    std::int64_t offset = 0;            ///< in elements
    std::string storage;                ///< the key of its bytes
};

/// The tensors in a pickle, in their order; other values are left out. ErrorCode::bad_data for an
/// operation or a name that a state dict does not need; the message has the name.
[[nodiscard]] Result<std::vector<PickledTensor>> read_pickle(std::string_view bytes);

class StateDict {
  public:
    /// Reads and checks all but the bytes of the tensors. The errors are those of
    /// ZipArchive::open() and read_pickle(), and bad_data for a tensor that is not inside of its
    /// bytes.
    [[nodiscard]] static Result<StateDict> open(const std::filesystem::path& path);

    [[nodiscard]] const std::vector<PickledTensor>& tensors() const { return tensors_; }
    [[nodiscard]] const ZipArchive& archive() const { return archive_; }

  private:
    StateDict(ZipArchive archive, std::vector<PickledTensor> tensors)
        : archive_(std::move(archive)), tensors_(std::move(tensors)) {}

    ZipArchive archive_;
    std::vector<PickledTensor> tensors_;
};

}  // namespace trilby::tensors
