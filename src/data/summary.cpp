// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/summary.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>

#include "base/try.hpp"
#include "data/image_file.hpp"
#include "data/image_folder.hpp"
#include "data/source.hpp"
#include "data/table_profile.hpp"

namespace trilby::data {
namespace {

using Path = std::filesystem::path;

// ---- Tables and series

/// "2016-07-01", or with the time where there is one.
std::string date_text(double seconds) {
    using namespace std::chrono;
    const sys_seconds moment(std::chrono::seconds(static_cast<std::int64_t>(std::floor(seconds))));
    const sys_days midnight = floor<days>(moment);
    const year_month_day day(midnight);
    const hh_mm_ss time(moment - midnight);
    // fmt counts nanoseconds, which reach from the year 1677 to 2262.
    const std::string date =
        fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                    static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return moment == midnight ? date
                              : fmt::format("{} {:02}:{:02}:{:02}", date, time.hours().count(),
                                            time.minutes().count(), time.seconds().count());
}

std::vector<LevelCount> most_frequent(const ColumnProfile& profile) {
    constexpr std::size_t most = 5;
    std::vector<LevelCount> levels = profile.levels();
    levels.resize(std::min(levels.size(), most));
    return levels;
}

ColumnSummary summary_of(const Column& column, const ColumnProfile& profile) {
    ColumnSummary summary{.name = column.name,
                          .type = column.type,
                          .missing = profile.missing(),
                          .most_frequent = {},
                          .note = column.note};
    if (column.type == ColumnType::number) {
        summary.minimum = profile.numbers().minimum;
        summary.maximum = profile.numbers().maximum;
        summary.mean = profile.numbers().mean;
        summary.deviation = profile.numbers().deviation();
        summary.missing += profile.present() - profile.numbers().count;
    } else if (column.type == ColumnType::date) {
        summary.first = date_text(profile.times(column.date_order).minimum());
        summary.last = date_text(profile.times(column.date_order).maximum());
    } else if (column.type == ColumnType::category) {
        summary.levels = column.levels.size();
        summary.most_frequent = most_frequent(profile);
    }
    return summary;
}

std::string separator_name(char separator) {
    return separator == '\t' ? "tab" : std::string(1, separator);
}

Result<DataSummary> summarize_table(const Path& path) {
    TRILBY_TRY(table, profile_table(path));
    TableSummary summary{.rows = table.rows,
                         .separator = separator_name(table.format.separator),
                         .has_header = table.format.has_header,
                         .time = {},
                         .columns = {}};
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        summary.columns.push_back(summary_of(table.columns[i], table.profiles[i]));
    }
    if (table.time) {
        const TimeAxis& axis = table.time->axis;
        summary.time = TimeSummary{.column = table.columns[table.time->index].name,
                                   .first = date_text(axis.first),
                                   .last = date_text(axis.last),
                                   .step = axis.step,
                                   .gaps = axis.gaps};
    }
    return DataSummary{.path = path.string(),
                       .kind = table.time ? DataKind::series : DataKind::table,
                       .table = std::move(summary),
                       .text = {},
                       .images = {}};
}

// ---- Text

Result<DataSummary> summarize_text(const Path& path) {
    TRILBY_TRY(text, profile_text(path));
    return DataSummary{.path = path.string(),
                       .kind = DataKind::text,
                       .table = {},
                       .text = text.summary,
                       .images = {}};
}

// ---- Images

std::uint64_t& count_of(ClassSummary& summary, Part part) {
    switch (part) {
        case Part::validation:
            return summary.validation;
        case Part::test:
            return summary.test;
        case Part::training:
            break;
    }
    return summary.training;
}

std::vector<ClassSummary> class_summaries(const ImageFolder& folder) {
    std::vector<ClassSummary> summaries;
    for (const std::string& name : folder.classes) {
        summaries.push_back({.name = name});
    }
    for (const ImagePart& part : folder.parts) {
        for (const ImageClass& one : part.classes) {
            const auto at = std::ranges::find(summaries, one.name, &ClassSummary::name);
            count_of(*at, part.part) = one.files.size();
        }
    }
    return summaries;
}

std::vector<Path> all_files(const ImageFolder& folder) {
    std::vector<Path> files;
    for (const ImagePart& part : folder.parts) {
        for (const ImageClass& one : part.classes) {
            files.insert(files.end(), one.files.begin(), one.files.end());
        }
    }
    return files;
}

void add(const ImageHeader& header, ImageSummary& to) {
    const bool is_first = to.largest_width == 0;
    to.smallest_width = is_first ? header.width : std::min(to.smallest_width, header.width);
    to.smallest_height = is_first ? header.height : std::min(to.smallest_height, header.height);
    to.largest_width = std::max(to.largest_width, header.width);
    to.largest_height = std::max(to.largest_height, header.height);
    to.has_colors = to.has_colors || !header.is_gray;
}

Result<ImageHeader> header_of(const Path& path) {
    TRILBY_TRY(bytes, read_image_file(path));
    return read_image_header(bytes, path);
}

Result<DataSummary> summarize_images(const Path& path) {
    constexpr std::size_t most_examined = 1000;
    TRILBY_TRY(folder, list_images(path));
    const std::vector<Path> files = all_files(folder);
    ImageSummary summary{.classes = class_summaries(folder),
                         .images = files.size(),
                         .examined = std::min(files.size(), most_examined),
                         .first_damage = {},
                         .other_files = folder.other_files};
    for (std::size_t i = 0; i < summary.examined; ++i) {
        const auto header = header_of(files[i * files.size() / summary.examined]);
        if (header) {
            add(*header, summary);
        } else if (summary.damaged++ == 0) {
            summary.first_damage = header.error().message;
        }
    }
    return DataSummary{.path = path.string(),
                       .kind = DataKind::images,
                       .table = {},
                       .text = {},
                       .images = std::move(summary)};
}

}  // namespace

Result<DataSummary> summarize(const Path& path) {
    TRILBY_TRY(source, source_at(path));
    switch (source) {
        case Source::image_folder:
            return summarize_images(path);
        case Source::separated_values:
            return summarize_table(path);
        case Source::text:
            break;
    }
    return summarize_text(path);
}

}  // namespace trilby::data
