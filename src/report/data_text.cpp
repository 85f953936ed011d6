// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/data_text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

#include "base/enum_name.hpp"
#include "base/units.hpp"
#include "data/describe.hpp"

namespace trilby::report {
namespace {

using data::ClassSummary;
using data::ColumnSummary;
using data::ColumnType;
using data::DataKind;
using data::DataSummary;

// ---- Tables and series

std::string levels_text(const ColumnSummary& column) {
    std::vector<std::string> levels;
    for (const data::LevelCount& level : column.most_frequent) {
        levels.push_back(fmt::format("{} {}", one_line(level.text, 40), format_count(level.count)));
    }
    const std::uint64_t count = column.levels.value_or(0);
    return fmt::format("{}: {}{}", counted(count, "value", "values"), fmt::join(levels, ", "),
                       count > levels.size() ? ", ..." : "");
}

/// So many significant digits, but all before the point up to 15.
std::string number_text(double number, int digits) {
    const double size = std::abs(number);
    return size >= std::pow(10.0, digits) && size < 1e15 ? fmt::format("{:.0f}", number)
                                                         : fmt::format("{:.{}g}", number, digits);
}

std::string values_text(const ColumnSummary& column) {
    switch (column.type) {
        case ColumnType::number:
            return fmt::format("{} to {}, mean {}, deviation {}",
                               number_text(column.minimum.value_or(0.0), 6),
                               number_text(column.maximum.value_or(0.0), 6),
                               number_text(column.mean.value_or(0.0), 4),
                               number_text(column.deviation.value_or(0.0), 4));
        case ColumnType::date:
            return fmt::format("{} to {}", column.first.value_or(""), column.last.value_or(""));
        case ColumnType::category:
            return levels_text(column);
        case ColumnType::ignored:
            break;
    }
    return "";
}

std::string column_text(const ColumnSummary& column) {
    std::string text(enum_name(column.type));
    for (const std::string& part : {values_text(column), column.note}) {
        if (!part.empty()) {
            text += ", " + part;
        }
    }
    if (column.missing > 0) {
        text += fmt::format("; {} missing", format_count(column.missing));
    }
    return text;
}

/// "'Date' and 'Time', in steps of 1 minute".
std::string time_text(const data::TimeSummary& time) {
    std::string text;
    for (std::size_t i = 0; i < time.columns.size(); ++i) {
        const char* const joint = i == 0 ? "" : i + 1 == time.columns.size() ? " and " : ", ";
        text += fmt::format("{}'{}'", joint, one_line(time.columns[i], 24));
    }
    return text + ", in steps of " + time.step;
}

std::string table_headline(const data::TableSummary& table) {
    if (table.time) {
        return fmt::format(
            "a series of {}, {} apart, from {} to {}{}", counted(table.rows, "row", "rows"),
            table.time->step, table.time->first, table.time->last,
            table.time->gaps == 0 ? "" : ", with " + counted(table.time->gaps, "gap", "gaps"));
    }
    return fmt::format("a table of {} and {}{}", counted(table.rows, "row", "rows"),
                       counted(table.columns.size(), "column", "columns"),
                       table.has_header ? "" : ", without a header");
}

// More rows than fit on a few screens are cut.
constexpr std::size_t most_columns = 60;
constexpr std::size_t first_columns = 40;

std::size_t label_width_of(std::span<const ColumnSummary> columns) {
    constexpr std::size_t widest = 24;
    std::size_t longest = 0;
    for (const ColumnSummary& column : columns) {
        longest = std::max(longest, one_line(column.name, widest).size());
    }
    return std::min(longest, widest) + 4;
}

/// "900 number, 3 category, 97 ignored; 5 of them lack values".
std::string types_text(std::span<const ColumnSummary> columns) {
    std::vector<std::string> counts;
    for (const ColumnType type :
         {ColumnType::number, ColumnType::category, ColumnType::date, ColumnType::ignored}) {
        if (const auto count = std::ranges::count(columns, type, &ColumnSummary::type)) {
            counts.push_back(fmt::format("{} {}", format_count(static_cast<std::uint64_t>(count)),
                                         enum_name(type)));
        }
    }
    const auto lacking =
        std::ranges::count_if(columns, [](const auto& column) { return column.missing > 0; });
    return fmt::format("{}{}", fmt::join(counts, ", "),
                       lacking == 0 ? "" : fmt::format("; {} with missing values", lacking));
}

SafeText column_rows(std::span<const ColumnSummary> columns, const Style& style) {
    const std::size_t labels = label_width_of(columns);
    SafeText out;
    for (const ColumnSummary& column : columns) {
        out += row("  " + one_line(column.name, 24), column_text(column), style, labels);
    }
    return out;
}

SafeText table_rows(const data::TableSummary& table, const Style& style, Extent extent) {
    SafeText out;
    if (table.time && table.time->columns.size() > 1) {
        out += paragraph("time: " + time_text(*table.time), style);
    }
    const std::span<const ColumnSummary> columns = table.columns;
    if (columns.size() > most_columns) {
        out += paragraph("columns: " + types_text(columns), style);
    }
    if (columns.size() <= most_columns || extent == Extent::all) {
        return out + column_rows(columns, style);
    }
    return out + column_rows(columns.first(first_columns), style) +
           row("  ...",
               fmt::format("{} more columns; --all shows them",
                           format_count(columns.size() - first_columns)),
               style, label_width_of(columns.first(first_columns)));
}

// ---- Text

std::string text_headline(const data::TextSummary& text) {
    return fmt::format("text of {} in {}{}",
                       text.is_utf8 ? counted(text.characters, "character", "characters")
                                    : counted(text.characters, "byte", "bytes"),
                       counted(text.lines, "line", "lines"),
                       text.is_utf8 ? ""
                                    : "; it is not UTF-8, so bytes are learned (characters, if you "
                                      "convert it, such as by: iconv -f latin1 -t utf-8)");
}

SafeText text_rows(const data::TextSummary& text, const Style& style) {
    return row("  alphabet",
               fmt::format("{} different {}", format_count(text.distinct),
                           text.is_utf8 ? "characters" : "bytes"),
               style, 12) +
           row("  entropy",
               fmt::format("{:.4f} nats each, if only their frequency is known", text.entropy_nats),
               style, 12);
}

// ---- Images

std::string size_text(std::uint32_t smallest, std::uint32_t largest) {
    return smallest == largest ? fmt::format("{}", smallest)
                               : fmt::format("{} to {}", smallest, largest);
}

std::string class_text(const ClassSummary& one) {
    if (one.validation == 0 && one.test == 0) {
        return counted(one.training, "image", "images");
    }
    return fmt::format("{} to train, {} to validate, {} to test", format_count(one.training),
                       format_count(one.validation), format_count(one.test));
}

SafeText class_rows(std::span<const ClassSummary> classes, const Style& style, Extent extent) {
    const std::size_t most_shown = extent == Extent::all ? classes.size() : 40;
    constexpr std::size_t first_shown = 15;
    constexpr std::size_t last_shown = 5;
    const std::size_t left_out =
        classes.size() > most_shown ? classes.size() - first_shown - last_shown : 0;
    SafeText out;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (left_out > 0 && i == first_shown) {
            out += row("  ...",
                       fmt::format("{} more classes; --all shows them", format_count(left_out)),
                       style, 28);
            i += left_out;
        }
        out += row("  " + one_line(classes[i].name, 24), class_text(classes[i]), style, 28);
    }
    return out;
}

SafeText image_rows(const data::ImageSummary& images, const Style& style, Extent extent) {
    SafeText out = row(
        "  size",
        fmt::format("{} x {} pixels, {}", size_text(images.smallest_width, images.largest_width),
                    size_text(images.smallest_height, images.largest_height),
                    images.has_colors ? "color" : "gray"),
        style, 12);
    if (images.examined < images.images) {
        out +=
            row("  examined", fmt::format("{} of them", format_count(images.examined)), style, 12);
    }
    if (images.damaged > 0) {
        out +=
            row("  damaged",
                fmt::format("{}, the first: {}", format_count(images.damaged), images.first_damage),
                style, 12);
    }
    if (images.stray_images > 0) {
        out += row("  no class",
                   counted(images.stray_images, "image is", "images are") +
                       " not in the folder of a class",
                   style, 12);
    }
    if (images.other_files > 0) {
        out += row("  other",
                   counted(images.other_files, "file is not an image", "files are not images"),
                   style, 12);
    }
    return out + class_rows(images.classes, style, extent);
}

std::string image_headline(const data::ImageSummary& images) {
    return fmt::format("{} of {}", counted(images.images, "image", "images"),
                       counted(images.classes.size(), "class", "classes"));
}

SafeText headline(const DataSummary& summary, std::string_view what, const Style& style) {
    return paragraph(fmt::format("{}: {}", summary.path, what), style);
}

}  // namespace

SafeText to_text(const DataSummary& summary, const Style& style, Extent extent) {
    if (summary.images) {
        return headline(summary, image_headline(*summary.images), style) +
               image_rows(*summary.images, style, extent);
    }
    if (summary.text) {
        return headline(summary, text_headline(*summary.text), style) +
               text_rows(*summary.text, style);
    }
    return headline(summary, table_headline(*summary.table), style) +
           table_rows(*summary.table, style, extent);
}

}  // namespace trilby::report
