// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/model_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/enum_name.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "report/table.hpp"
#include "tensors/describe.hpp"

namespace trilby::report {
namespace {

using tensors::FileSummary;
using tensors::ModelSummary;
using tensors::TensorSummary;
using tensors::TypeSummary;

// Longer lists are cut unless --all is given.
constexpr std::size_t most_tensors = 40;
constexpr std::size_t most_entries = 20;
constexpr std::size_t widest_name = 64;

std::size_t shown_of(std::size_t count, std::size_t most, Extent extent) {
    return extent == Extent::all ? count : std::min(count, most);
}

SafeText left_out(std::size_t count, std::size_t shown, std::string_view what) {
    return count == shown ? SafeText()
                          : SafeText::format("  ... {} more {}; --all shows them\n",
                                             format_count(count - shown), what);
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
    return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, " x "));
}

std::string counts_text(std::uint64_t tensors, std::uint64_t parameters, std::uint64_t bytes) {
    return fmt::format("{}, {}, {}", counted(tensors, "tensor", "tensors"),
                       counted(parameters, "parameter", "parameters"), format_bytes(bytes));
}

/// Not folded, because a part of a hostile path could then pass for a line of its own.
SafeText headline(const ModelSummary& model) {
    const std::string files = model.files.size() == 1
                                  ? ""
                                  : fmt::format(" in {} files", format_count(model.files.size()));
    return SafeText::format("{}: {}{}, {}\n", model.path, enum_name(model.format), files,
                            counts_text(model.tensors.size(), model.parameters, model.bytes));
}

SafeText type_rows(const ModelSummary& model, const Style& style) {
    SafeText out;
    for (const TypeSummary& type : model.types) {
        out += row("  " + type.dtype, counts_text(type.tensors, type.parameters, type.bytes), style,
                   12);
    }
    return out;
}

/// Long values are cut even with Extent::all, at the limit of the JSON document.
SafeText metadata_rows(const ModelSummary& model, const Style& style, Extent extent) {
    const std::size_t most_bytes = extent == Extent::all ? default_text_limit_bytes : 160;
    const std::size_t shown = shown_of(model.metadata.size(), most_entries, extent);
    SafeText out = model.metadata.empty() ? SafeText() : bold("metadata", style) + "\n";
    std::size_t number = 0;
    for (const auto& [key, value] : model.metadata) {
        if (number++ == shown) {
            break;
        }
        out += row("  " + one_line(key, widest_name), one_line(value, most_bytes), style, 28);
    }
    return out + left_out(model.metadata.size(), shown, "entries");
}

SafeText file_rows(const ModelSummary& model, const Style& style, Extent extent) {
    if (model.format != tensors::ModelFormat::sharded_safetensors) {
        return {};
    }
    const std::size_t shown = shown_of(model.files.size(), most_entries, extent);
    SafeText out = bold("files", style) + "\n";
    for (std::size_t i = 0; i < shown; ++i) {
        const FileSummary& file = model.files[i];
        out += row("  " + one_line(file.name, widest_name),
                   fmt::format("{}, {}", counted(file.tensors, "tensor", "tensors"),
                               format_bytes(file.bytes)),
                   style, 40);
    }
    return out + left_out(model.files.size(), shown, "files");
}

SafeText tensor_rows(const ModelSummary& model, const Style& style, Extent extent) {
    if (model.tensors.empty()) {
        return {};
    }
    const std::size_t shown = shown_of(model.tensors.size(), most_tensors, extent);
    Table table({"  name", "type", "shape", "size"}, widest_name);
    for (std::size_t i = 0; i < shown; ++i) {
        const TensorSummary& tensor = model.tensors[i];
        table.add({"  " + tensor.name, tensor.dtype, shape_text(tensor.shape),
                   format_bytes(tensor.bytes)});
    }
    return bold("tensors", style) + "\n" + table.text() +
           left_out(model.tensors.size(), shown, "tensors");
}

}  // namespace

SafeText to_text(const ModelSummary& summary, const Style& style, Extent extent) {
    const SafeText license =
        summary.license ? row("  license", one_line(*summary.license, 160), style, 12) : SafeText();
    return headline(summary) + license + type_rows(summary, style) +
           metadata_rows(summary, style, extent) + file_rows(summary, style, extent) +
           tensor_rows(summary, style, extent);
}

}  // namespace trilby::report
