// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// trilby-manual: writes the manual pages when Trilby is built; not installed.
/// usage: trilby-manual PAGES FOLDER      pages/, and man/ of an installation

#include <CLI/App.hpp>
#include <filesystem>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/command_line.hpp"
#include "manual/manual.hpp"
#include "platform/atomic_file.hpp"
#include "report/error.hpp"

namespace {

using namespace trilby;

Result<void> write_manual(const std::filesystem::path& source,
                          const std::filesystem::path& target) {
    TRILBY_TRY(pages, manual::read_pages(source));
    TRILBY_TRY(manual, manual::make_manual(*cli::command_line().parser, pages));
    for (const auto& [name, text] : manual) {
        const std::filesystem::path folder = target / fmt::format("man{}", name.back());
        TRILBY_CHECK(platform::make_directories(folder));
        TRILBY_CHECK(platform::write_file_atomically(folder / name, text));
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        return report::print_error(
            {ErrorCode::usage, "expected two folders", "trilby-manual PAGES FOLDER"}, false);
    }
    const auto written = write_manual(argv[1], argv[2]);
    return written ? 0 : report::print_error(written.error(), false);
}
