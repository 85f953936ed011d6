// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/summary.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>
#include <utility>

#include "base/try.hpp"
#include "data/idx_folder.hpp"
#include "data/image_folder.hpp"
#include "data/image_profile.hpp"
#include "data/source.hpp"
#include "data/table_profile.hpp"

namespace trilby::data {
namespace {

using Path = std::filesystem::path;

// ---- Tables and series

std::vector<LevelCount> most_frequent(const ColumnProfile& profile) {
    constexpr std::size_t most = 5;
    std::vector<LevelCount> levels = profile.levels();
    levels.resize(std::min(levels.size(), most));
    return levels;
}

/// Both with the time, if one of them is not midnight.
std::pair<std::string, std::string> format_dates(double first, double last) {
    const bool have_time = !is_midnight(first) || !is_midnight(last);
    return {format_date(first, have_time), format_date(last, have_time)};
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
        const TimeProfile& times = profile.times(column.date_order);
        std::tie(summary.first, summary.last) = format_dates(times.minimum(), times.maximum());
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
        const auto [first, last] = format_dates(axis.first, axis.last);
        std::vector<std::string> columns;
        for (const std::size_t i : table.time->row.columns()) {
            columns.push_back(table.columns[i].name);
        }
        summary.time = TimeSummary{.column = joined_name(columns),
                                   .columns = columns,
                                   .first = first,
                                   .last = last,
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

Result<DataSummary> summarize_images(const Path& path) {
    TRILBY_TRY(folder, list_images(path));
    const ImageProfile profile = profile_images(folder);
    ImageSummary summary{.classes = class_summaries(folder),
                         .images = profile.images,
                         .examined = profile.examined,
                         .has_colors = profile.has_colors,
                         .damaged = profile.damaged,
                         .first_damage = profile.first_damage,
                         .stray_images = folder.stray_images,
                         .other_files = folder.other_files};
    if (!profile.widths.empty()) {
        summary.smallest_width = profile.widths.front();
        summary.largest_width = profile.widths.back();
        summary.smallest_height = profile.heights.front();
        summary.largest_height = profile.heights.back();
    }
    return DataSummary{.path = path.string(),
                       .kind = DataKind::images,
                       .table = {},
                       .text = {},
                       .images = std::move(summary)};
}

Result<DataSummary> summarize_idx(const Path& path) {
    TRILBY_TRY(folder, open_idx_folder(path));
    ImageSummary summary{.classes = {},
                         .smallest_width = static_cast<std::uint32_t>(folder.width),
                         .largest_width = static_cast<std::uint32_t>(folder.width),
                         .smallest_height = static_cast<std::uint32_t>(folder.height),
                         .largest_height = static_cast<std::uint32_t>(folder.height),
                         .first_damage = {}};
    for (const std::string& name : folder.classes) {
        summary.classes.push_back({.name = name});
    }
    for (const IdxPart& part : folder.parts) {
        TRILBY_CHECK(read_idx_images(folder, part, [](std::size_t, auto) {}));
        for (std::size_t i = 0; i < part.counts.size(); ++i) {
            count_of(summary.classes[i], part.part) = part.counts[i];
        }
        summary.images += part.size();
    }
    summary.examined = summary.images;
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
        case Source::idx_folder:
            return summarize_idx(path);
        case Source::separated_values:
            return summarize_table(path);
        case Source::text:
            break;
    }
    return summarize_text(path);
}

}  // namespace trilby::data
