// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// trilby-manual: writes manual pages when Trilby is built; not installed.
/// usage: trilby-manual FOLDER      as share/ of an installation

#include <filesystem>
#include <fmt/format.h>

#include "base/try.hpp"
#include "manual/man_page.hpp"
#include "platform/atomic_file.hpp"
#include "report/error.hpp"

namespace {

using namespace trilby;

Result<void> write(const std::filesystem::path& file, const std::string& text) {
    TRILBY_CHECK(platform::make_directories(file.parent_path()));
    return platform::write_file_atomically(file, text);
}

Result<void> write_manual(const std::filesystem::path& folder) {
    TRILBY_TRY(manual, manual::make_manual());
    for (const manual::Page& page : manual.pages) {
        TRILBY_CHECK(write(folder / fmt::format("man/man{0}/{1}.{0}", page.number, page.name),
                           manual::man_page(page, manual)));
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        return report::print_error(
            {ErrorCode::usage, "expected the folder to write into", "trilby-manual FOLDER"}, false);
    }
    const auto written = write_manual(argv[1]);
    return written ? 0 : report::print_error(written.error(), false);
}
