# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# usage: Rscript tables.R FOLDER [PACKAGE:NAME ...]
#
# Writes tables of R packages to FOLDER/NAME.csv, and says which packages are missing.

arguments <- commandArgs(trailingOnly = TRUE)
for (table in arguments[-1]) {
    parts <- strsplit(table, ":")[[1]]
    if (!requireNamespace(parts[1], quietly = TRUE)) {
        message("skipped ", parts[2], ": install r-cran-", tolower(parts[1]))
        next
    }
    found <- new.env()
    suppressWarnings(data(list = parts[2], package = parts[1], envir = found))
    if (length(ls(found)) == 0) {
        message("skipped ", parts[2], ": not in this release of ", parts[1])
        next
    }
    rows <- as.data.frame(get(ls(found)[1], envir = found))
    write.csv(rows, file.path(arguments[1], paste0(parts[2], ".csv")), row.names = FALSE, na = "")
}
