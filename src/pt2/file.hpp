// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Files of torch.export.save, "model.pt2".

#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "pt2/program.hpp"
#include "tensors/zip_archive.hpp"
#include <trilby/result.hpp>

namespace trilby::pt2 {

/// The graph, in an archive.
inline constexpr std::string_view model_entry = "models/model.json";

class File {
  public:
    /// Reads and checks all but the bytes of the tensors. ErrorCode::no_input if the file cannot be
    /// opened. ErrorCode::bad_data if it has another or an older format, is damaged or needs
    /// pickles.
    [[nodiscard]] static Result<File> open(const std::filesystem::path& path);

    [[nodiscard]] const Program& program() const { return program_; }
    [[nodiscard]] const tensors::ZipArchive& archive() const { return archive_; }

  private:
    File(tensors::ZipArchive archive, Program program)
        : archive_(std::move(archive)), program_(std::move(program)) {}

    tensors::ZipArchive archive_;
    Program program_;
};

}  // namespace trilby::pt2
