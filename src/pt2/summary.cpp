// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/summary.hpp"

#include <fmt/format.h>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/large_file.hpp"
#include "pt2/file.hpp"
#include "tensors/element_type.hpp"
#include "tensors/format.hpp"

namespace trilby::pt2 {
namespace {

using tensors::ModelSummary;

void add_values(ModelSummary& summary, std::string_view what,
                const std::vector<UserValue>& values) {
    for (const auto& [name, meta] : values) {
        summary.metadata.emplace(fmt::format("{} {}", what, printable(name, 200)),
                                 fmt::format("{} {}", sizes_in_words(meta), name_of(meta.dtype)));
    }
}

void add_graph(ModelSummary& summary, const Program& program) {
    summary.metadata.emplace("PyTorch", program.torch_version);
    summary.metadata.emplace("calls", std::to_string(program.graph.nodes.size()));
    add_values(summary, "input", user_inputs(program));
    add_values(summary, "output", user_outputs(program));
}

/// Tied tensors count once.
void add_tensors(ModelSummary& summary, const Program& program) {
    std::set<std::string> counted;
    for (const StoredTensor& tensor : program.tensors) {
        const std::uint64_t elements = tensors::count_elements(tensor.sizes).value_or(0);
        const std::uint64_t bytes = elements * static_cast<std::uint64_t>(bytes_of(tensor.dtype));
        tensors::TensorSummary row{.name = tensor.name,
                                   .dtype = std::string(name_of(tensor.dtype)),
                                   .shape = tensor.sizes,
                                   .bytes = bytes,
                                   .file = {}};
        if (counted.insert(tensor.entry).second) {
            tensors::add_tensor(summary, std::move(row));
        } else {
            summary.tensors.push_back(std::move(row));
        }
    }
}

Result<ModelSummary> summarize_program(const std::filesystem::path& path) {
    TRILBY_TRY(file, File::open(path));
    ModelSummary summary{.path = path.string(),
                         .format = tensors::ModelFormat::torch_export,
                         .bytes = file.archive().size_bytes()};
    summary.files.push_back(
        {path.filename().string(), file.archive().size_bytes(), file.program().tensors.size()});
    add_graph(summary, file.program());
    add_tensors(summary, file.program());
    return summary;
}

bool is_program(const std::filesystem::path& path) {
    const auto file = platform::LargeFile::open(path);
    return file && tensors::format_of(*file) == tensors::Format::torch_export;
}

}  // namespace

Result<ModelSummary> summarize(const std::filesystem::path& path) {
    return is_program(path) ? summarize_program(path) : tensors::summarize(path);
}

}  // namespace trilby::pt2
