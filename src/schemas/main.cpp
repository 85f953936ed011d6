// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// trilby-schemas: writes the schemas of the documents that `--json` prints; not installed.
/// usage: trilby-schemas NOTES FOLDER

#include <filesystem>
#include <fmt/ranges.h>

#include "base/try.hpp"
#include "data/describe.hpp"
#include "machine/describe.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_tree.hpp"
#include "report/documents.hpp"
#include "report/error.hpp"
#include "schemas/schema.hpp"
#include "tensors/describe.hpp"
#include "train/documents.hpp"
#include "train/search/record.hpp"

namespace {

using namespace trilby;

Result<schemas::Notes> read_notes(const std::filesystem::path& path) {
    const auto text = platform::FileTree().read(std::filesystem::absolute(path).string());
    if (!text) {
        return failure(ErrorCode::no_input, fmt::format("'{}' cannot be read", path.string()));
    }
    TRILBY_TRY(notes, json::parse_object(*text, path.string()));
    return schemas::Notes(std::move(notes));
}

template <class Record>
Result<void> write_schema(schemas::Notes& notes, const std::filesystem::path& file) {
    return platform::write_file_atomically(file,
                                           json::pretty(schemas::Maker(notes).document<Record>()));
}

template <class Record>
Result<void> write_file_schema(schemas::Notes& notes, const std::filesystem::path& file) {
    return platform::write_file_atomically(file,
                                           json::pretty(schemas::Maker(notes).file<Record>()));
}

/// For the commands that train a network or use a trained one.
Result<void> write_training_schemas(schemas::Notes& notes, const std::filesystem::path& folder) {
    using namespace train;
    TRILBY_CHECK(write_schema<TrainingDocument>(notes, folder / "training-1.schema.json"));
    TRILBY_CHECK(write_schema<ExaminationDocument>(notes, folder / "examination-1.schema.json"));
    TRILBY_CHECK(write_schema<RateTestDocument>(notes, folder / "learning-rate-1.schema.json"));
    TRILBY_CHECK(write_schema<Evaluation>(notes, folder / "evaluation-1.schema.json"));
    TRILBY_CHECK(write_schema<PredictionsDocument>(notes, folder / "predictions-1.schema.json"));
    TRILBY_CHECK(write_schema<GenerationDocument>(notes, folder / "generation-1.schema.json"));
    TRILBY_CHECK(write_schema<RunsDocument>(notes, folder / "runs-1.schema.json"));
    TRILBY_CHECK(write_schema<RunComparison>(notes, folder / "run-comparison-1.schema.json"));
    TRILBY_CHECK(write_schema<search::TuningDocument>(notes, folder / "tuning-1.schema.json"));
    TRILBY_CHECK(write_schema<search::SearchRecord>(notes, folder / "search-1.schema.json"));
    TRILBY_CHECK(write_file_schema<RunResult>(notes, folder / "result-1.schema.json"));
    return write_file_schema<EpochEvent>(notes, folder / "metrics-1.schema.json");
}

Result<void> write_schemas(const std::filesystem::path& notes_file,
                           const std::filesystem::path& folder) {
    TRILBY_TRY(notes, read_notes(notes_file));
    TRILBY_CHECK(platform::make_directories(folder));
    TRILBY_CHECK(write_schema<Machine>(notes, folder / "machine-1.schema.json"));
    TRILBY_CHECK(
        write_schema<report::DiagnosisDocument>(notes, folder / "diagnosis-1.schema.json"));
    TRILBY_CHECK(
        write_schema<report::ValidationDocument>(notes, folder / "validation-1.schema.json"));
    TRILBY_CHECK(write_schema<report::MachineValidationDocument>(
        notes, folder / "machine-validation-1.schema.json"));
    TRILBY_CHECK(
        write_schema<report::ComparisonDocument>(notes, folder / "comparison-1.schema.json"));
    TRILBY_CHECK(write_schema<report::SelfTestDocument>(notes, folder / "self-test-1.schema.json"));
    TRILBY_CHECK(write_schema<data::DataSummary>(notes, folder / "data-1.schema.json"));
    TRILBY_CHECK(write_schema<tensors::ModelSummary>(notes, folder / "model-1.schema.json"));
    TRILBY_CHECK(write_training_schemas(notes, folder));
    if (const auto unused = notes.unused(); !unused.empty()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: no record or member is named {}", notes_file.string(),
                                   fmt::join(unused, ", ")));
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        return report::print_error(
            {ErrorCode::usage, "expected the notes and a folder to write into",
             "trilby-schemas NOTES FOLDER"},
            false);
    }
    const auto written = write_schemas(argv[1], argv[2]);
    return written ? 0 : report::print_error(written.error(), false);
}
