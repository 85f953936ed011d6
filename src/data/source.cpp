// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/source.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "base/try.hpp"
#include "data/csv.hpp"
#include "data/encoding.hpp"
#include "data/gzip_file.hpp"
#include "data/idx_folder.hpp"
#include "data/image_folder.hpp"
#include "platform/folder_entries.hpp"

namespace trilby::data {
namespace {

bool has_table_name(std::filesystem::path path) {
    constexpr std::array<std::string_view, 3> endings{".csv", ".tsv", ".tab"};
    if (path.extension() == ".gz") {
        path = path.stem();
    }
    return std::ranges::find(endings, lower_case(path.extension().native())) != endings.end();
}

Result<bool> looks_like_table(const std::filesystem::path& path) {
    constexpr std::size_t sample_bytes = std::size_t{64} << 10;
    TRILBY_TRY(file, GzipFile::open(path));
    std::string start(sample_bytes, '\0');
    TRILBY_TRY(got, file.read(std::as_writable_bytes(std::span(start))));
    start.resize(got);
    return detect_csv_format(std::string_view(start).substr(utf8_mark_bytes(start))).is_regular;
}

bool has_texts(const std::filesystem::path& folder) {
    const auto entries = platform::folder_entries(folder);
    return entries && std::ranges::any_of(*entries, [](const std::filesystem::path& entry) {
               return entry.extension() == ".txt";
           });
}

}  // namespace

Result<Source> source_at(const std::filesystem::path& path) {
    std::error_code unknown;
    if (!std::filesystem::is_directory(path, unknown)) {
        TRILBY_TRY(is_table, looks_like_table(path));
        return is_table || has_table_name(path) ? Source::separated_values : Source::text;
    }
    if (is_idx_folder(path)) {
        return Source::idx_folder;
    }
    if (is_image_folder(path)) {
        return Source::image_folder;
    }
    if (!images_in(path).empty()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the images in '{}' have no classes", path.string()),
                       "put the images of each class into a folder with its name, and give the "
                       "folder that has these folders");
    }
    if (has_texts(path)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("folder '{}' has texts, expected one file", path.string()),
                       "join them, such as by: cat FOLDER/*.txt > all.txt");
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("folder '{}' has no folders with PNG or JPEG images", path.string()),
                   "give a folder with one folder of images per class or with IDX files, or a file "
                   "with a table, a series or text");
}

}  // namespace trilby::data
