// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "base/text.hpp"
#include "base/try.hpp"
#include "pt2/limits.hpp"
#include "pt2/program_reader.hpp"
#include "pt2/stored_tensors.hpp"

namespace trilby::pt2 {
namespace {

using tensors::ZipArchive;

/// Before April 2025, torch.export.save() wrote other entries, and pickles.
Result<void> check_format(const ZipArchive& archive) {
    if (archive.find("serialized_exported_program.json") != nullptr) {
        return failure(ErrorCode::bad_data,
                       "it is in the older format of torch.export, which keeps weights as pickles",
                       "export the model again with PyTorch 2.9 or later");
    }
    if (archive.find("archive_format") == nullptr || archive.find(model_entry) == nullptr) {
        return failure(ErrorCode::bad_data, "it has no exported model",
                       "write it in Python with torch.export.save()");
    }
    TRILBY_TRY(format, archive.read_text("archive_format", 100));
    TRILBY_TRY(order, archive.read_text("byteorder", 100));
    if (trim(format) != "pt2" || trim(order) != "little") {
        return failure(ErrorCode::bad_data,
                       fmt::format("its format is '{}' with byte order '{}', expected 'pt2' and "
                                   "'little'",
                                   printable(format, 40), printable(order, 40)));
    }
    return {};
}

Result<std::vector<StoredTensor>> read_all_tensors(const ZipArchive& archive) {
    TRILBY_TRY(tensors, read_stored_tensors(archive, "weights"));
    TRILBY_TRY(constants, read_stored_tensors(archive, "constants"));
    std::ranges::move(constants, std::back_inserter(tensors));
    std::ranges::sort(tensors, {}, &StoredTensor::name);
    const auto twice = std::ranges::adjacent_find(tensors, {}, &StoredTensor::name);
    if (twice != tensors.end()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("it has two tensors '{}'", printable(twice->name, 200)));
    }
    return tensors;
}

/// Every parameter, buffer and constant of the graph must be stored.
Result<void> check_presence(const Program& program) {
    for (const InputSpec& input : program.inputs) {
        if (input.kind != InputSpec::Kind::user && find_tensor(program, input.target) == nullptr) {
            return failure(ErrorCode::bad_data,
                           fmt::format("it has no tensor '{}'", printable(input.target, 200)));
        }
    }
    return {};
}

Result<Program> read(const ZipArchive& archive) {
    TRILBY_CHECK(check_format(archive));
    TRILBY_TRY(text, archive.read_text(model_entry, most_json_bytes));
    TRILBY_TRY(program, read_program(text, model_entry));
    TRILBY_TRY(tensors, read_all_tensors(archive));
    program.tensors = std::move(tensors);
    TRILBY_CHECK(check_presence(program));
    return std::move(program);
}

}  // namespace

Result<File> File::open(const std::filesystem::path& path) {
    TRILBY_TRY(archive, ZipArchive::open(path));
    auto program = read(archive);
    if (!program) {
        Error error = std::move(program).error();
        error.message = fmt::format("'{}' cannot be used as a model: {}", printable(path.native()),
                                    error.message);
        return std::unexpected(std::move(error));
    }
    return File(std::move(archive), std::move(*program));
}

}  // namespace trilby::pt2
