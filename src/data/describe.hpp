// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Describes columns and the records of data summaries.

#pragma once

#include "base/describe.hpp"
#include "data/column.hpp"
#include "data/summary.hpp"

namespace trilby::data {

TRILBY_DESCRIBE_ENUM(ColumnType, '-', number, category, date, ignored)
TRILBY_DESCRIBE_ENUM(CommaUse, '_', groups, decimal)
TRILBY_DESCRIBE_ENUM(DateOrder, '_', year_first, day_first, month_first, day_first_short,
                     month_first_short, compact, years, unix_seconds, unix_milliseconds)
TRILBY_DESCRIBE(Column, name, type, commas, date_order, levels, note)
TRILBY_DESCRIBE_ENUM(DataKind, '-', images, table, series, text)
TRILBY_DESCRIBE(LevelCount, text, count)
TRILBY_DESCRIBE(ColumnSummary, name, type, missing, minimum, maximum, mean, deviation, first, last,
                levels, most_frequent, note)
TRILBY_DESCRIBE(TimeSummary, column, columns, first, last, step, gaps)
TRILBY_DESCRIBE(TableSummary, rows, separator, has_header, time, columns)
TRILBY_DESCRIBE(TextSummary, bytes, is_utf8, characters, distinct, entropy_nats, lines)
TRILBY_DESCRIBE(ClassSummary, name, training, validation, test)
TRILBY_DESCRIBE(ImageSummary, classes, images, examined, smallest_width, largest_width,
                smallest_height, largest_height, has_colors, damaged, first_damage, stray_images,
                other_files)
TRILBY_DESCRIBE(DataSummary, path, kind, table, text, images)

}  // namespace trilby::data
