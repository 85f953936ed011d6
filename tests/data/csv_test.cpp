// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/made_idx.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

using namespace std::string_view_literals;
using Rows = std::vector<std::vector<std::string>>;

/// All records, or the error of the first that is wrong.
Result<Rows> rows_of(const std::filesystem::path& path) {
    auto reader = CsvReader::open(path);
    Rows rows;
    while (reader) {
        const auto has_row = reader->next();
        if (!has_row) {
            return std::unexpected(has_row.error());
        }
        if (!*has_row) {
            return rows;
        }
        rows.emplace_back(reader->fields().begin(), reader->fields().end());
    }
    return std::unexpected(reader.error());
}

class CsvTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::string error_of(std::string_view content) const {
        const auto rows = rows_of(folder_.write("t.csv", content));
        return rows ? "no error" : rows.error().message;
    }
    [[nodiscard]] std::string hint_of(std::string_view content) const {
        const auto rows = rows_of(folder_.write("t.csv", content));
        return rows ? "no error" : rows.error().hint;
    }
    TemporaryFolder folder_;
};

TEST_F(CsvTest, ReadsHeaderAndRows) {
    const auto path = folder_.write("t.csv",
                                    "\xef\xbb\xbf"
                                    "a,b\r\n1,\"x, y\"\r\n\r\n2,z");
    const auto reader = CsvReader::open(path);
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_THAT(reader->names(), ElementsAre("a", "b"));
    EXPECT_THAT(*rows_of(path), ElementsAre(ElementsAre("1", "x, y"), ElementsAre("2", "z")));
}

TEST_F(CsvTest, TakesTheSeparatorThatTheFirstLineGives) {
    const auto path = folder_.write("t.csv",
                                    "\xef\xbb\xbf"
                                    "sep=;\r\na;b\r\n1,5;x\r\n2,5;y\r\n");
    const auto reader = CsvReader::open(path);
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(reader->format().separator, ';');
    EXPECT_THAT(reader->names(), ElementsAre("a", "b"));
    EXPECT_THAT(*rows_of(path), ElementsAre(ElementsAre("1,5", "x"), ElementsAre("2,5", "y")));
    EXPECT_EQ(CsvReader::open(folder_.write("t.csv", "sep=,\na;x,b;y\n1;2,3;4\n"))->names().size(),
              2U);
}

TEST_F(CsvTest, CountsTheLineThatGivesTheSeparator) {
    const auto path = folder_.write("t.csv", "sep=;\na;b\n1;x\n");
    auto reader = CsvReader::open(path);
    ASSERT_TRUE(reader && reader->next().value());
    EXPECT_EQ(reader->line(), 3U);
    EXPECT_THAT(error_of("sep=;\na;b\n1;x;y\n"), HasSubstr("line 3 of"));
    EXPECT_THAT(error_of("sep=;\na;\"b\n1;x\n"), HasSubstr("line 2 of"));
    EXPECT_THAT(error_of("sep=;\n"), HasSubstr("is empty"));
    EXPECT_THAT(error_of("sep=;"), HasSubstr("is empty"));
}

TEST_F(CsvTest, ReadsGzip) {
    EXPECT_THAT(*rows_of(folder_.write("t.csv.gz", gzip("a,b\n1,2\n"))),
                ElementsAre(ElementsAre("1", "2")));
}

TEST_F(CsvTest, GivesEveryColumnANameOfItsOwn) {
    const auto reader = CsvReader::open(folder_.write("t.csv", ",x,x,column_1\na,b,c,d\n"));
    ASSERT_TRUE(reader);
    EXPECT_THAT(reader->names(), ElementsAre("column_1", "x", "x_2", "column_1_2"));
}

TEST_F(CsvTest, NumbersRepeatsPastNamesThatAreTaken) {
    const auto reader = CsvReader::open(folder_.write("t.csv", "a,a_3,a,a,a,a_3\nv,w,x,y,z,z\n"));
    ASSERT_TRUE(reader);
    EXPECT_THAT(reader->names(), ElementsAre("a", "a_3", "a_2", "a_4", "a_5", "a_3_2"));
}

TEST_F(CsvTest, NumbersAsManyRepeatsAsATableHasColumns) {
    constexpr std::size_t columns = 10'000;
    std::string header = "a";
    std::string row = "x";
    for (std::size_t i = 1; i < columns; ++i) {
        header += ",a";
        row += ",x";
    }
    const auto reader = CsvReader::open(folder_.write("t.csv", header + '\n' + row + '\n'));
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->names().back(), "a_10000");
}

TEST_F(CsvTest, ReplacesWhatIsInvisibleInNames) {
    const auto reader = CsvReader::open(folder_.write(
        "t.csv", "\"Price\r\n(EUR)\",\"\ta\n b\n\",\"\x01\",caf\u00e9\u200b,a b\n1,2,3,4,5\n"));
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_THAT(reader->names(),
                ElementsAre("Price (EUR)", "a b", "column_3", "caf\u00e9", "a b_2"));
}

TEST_F(CsvTest, ReadsRecordsThatCrossItsBuffer) {
    std::string content = "a,b\n";
    constexpr int rows = 200'000;
    for (int i = 0; i < rows; ++i) {
        content += std::to_string(i) + ",\"text\nof two lines\"\n";
    }
    const auto read = rows_of(folder_.write("t.csv", content));
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), rows);
    EXPECT_THAT(read->back(), ElementsAre(std::to_string(rows - 1), "text\nof two lines"));
}

TEST_F(CsvTest, SaysInWhichLineTheNumberOfFieldsDiffers) {
    EXPECT_THAT(error_of("a,b\n\"x\ny\",2\n1,2,3\n"),
                HasSubstr("line 4 of '" + (folder_ / "t.csv").string() +
                          "' has 3 fields, the header has 2"));
}

TEST_F(CsvTest, SuggestsWhatTheNumberOfFieldsCallsFor) {
    EXPECT_THAT(hint_of("a,b\n1\n"), HasSubstr("a field for each column"));
    EXPECT_THAT(hint_of("# made today\na,b\n1,2\n"), HasSubstr("fix or remove it"));
}

TEST_F(CsvTest, SuggestsToRemoveNuls) {
    EXPECT_THAT(hint_of("a,b\n1,\0\n"sv), HasSubstr("tr -d '\\000' < "));
}

TEST_F(CsvTest, RefusesWhatIsNotText) {
    EXPECT_THAT(error_of("a,b\n1,caf\xe9\n"), HasSubstr("line 2"));
    EXPECT_THAT(error_of("a;b\xe9\n1;2\n"), HasSubstr("line 1 of '" + (folder_ / "t.csv").string() +
                                                      "' has the byte 0xe9, which is not UTF-8"));
    EXPECT_THAT(hint_of("a;b\xe9\n1;2\n"), HasSubstr("iconv -f WINDOWS-1252 -t UTF-8 "));
    EXPECT_THAT(error_of("a,b\n1,caf\xe9\n"), HasSubstr("0xe9, which is not UTF-8"));
    EXPECT_THAT(error_of(std::string_view("a,b\n1,\0\n", 8)), HasSubstr("NUL"));
    EXPECT_THAT(error_of("\xff\xfe"
                         "a"),
                HasSubstr("UTF-16"));
    EXPECT_THAT(error_of("\xff\xfe\0\0a\0\0\0"sv), HasSubstr("UTF-32"));
    EXPECT_THAT(error_of("a\0,\0b\0\n\0"sv), HasSubstr("UTF-16LE"));
    EXPECT_THAT(error_of("\0a\0,\0b\0\n"sv), HasSubstr("UTF-16BE"));
    EXPECT_THAT(error_of("PAR1...."), HasSubstr("Parquet"));
    EXPECT_THAT(error_of("\x7f"
                         "ELF"),
                HasSubstr("is a program"));
    EXPECT_THAT(error_of("a,b\r1,2\r"), HasSubstr("carriage returns"));
}

TEST_F(CsvTest, LeavesOutEmptyRecordsAtTheEndOnly) {
    const auto path = folder_.write("t.csv", "a;b\n1;2\n;\n;\n3;4\n;\n\n;\n");
    EXPECT_THAT(*rows_of(path), ElementsAre(ElementsAre("1", "2"), ElementsAre("", ""),
                                            ElementsAre("", ""), ElementsAre("3", "4")));
    EXPECT_THAT(error_of("a;b\n1;2\n;\n;;\n"), HasSubstr("line 4 of"));
}

TEST_F(CsvTest, RefusesEmptyFilesAndUnclosedMarks) {
    EXPECT_THAT(error_of(""), HasSubstr("is empty"));
    EXPECT_THAT(error_of("a,b\n1,\"x\n2,y\n"), HasSubstr("line 2"));
    EXPECT_THAT(error_of("a,b\n1,\"" + std::string(std::size_t{5} << 20, 'x')),
                HasSubstr("line 2 of '" + (folder_ / "t.csv").string() +
                          "' begins a record of more than 4 MiB"));
}

TEST_F(CsvTest, SaysWhereAMarkIsNotClosed) {
    EXPECT_THAT(error_of("a,b\n1,x\n2,\"open\n3,y\n4,z\n"),
                HasSubstr("line 3 of '" + (folder_ / "t.csv").string() +
                          "' begins a quoted field that is not closed"));
    EXPECT_THAT(hint_of("a,b\n1,x\n2,\"open\n3,y\n"), HasSubstr("add the closing quotation mark"));
    EXPECT_THAT(error_of("a,b\n1,x\n\"p\nq\",\"open\n"), HasSubstr("line 4 of"));
    EXPECT_THAT(error_of("a,\"b\n1,x\n"), HasSubstr("line 1 of"));
    EXPECT_THAT(error_of("a,\"b\n1,x\n"), HasSubstr("not closed"));
}

TEST_F(CsvTest, SaysWhereTextFollowsAClosingMark) {
    EXPECT_THAT(error_of("a,b\n1,x\n\"p\nq\",\"y\"z\n"),
                HasSubstr("line 4 of '" + (folder_ / "t.csv").string() +
                          "' has text after a closing quotation mark"));
    EXPECT_THAT(hint_of("a,b\n1,\"y\"z\n"), HasSubstr("double each quotation mark"));
    EXPECT_THAT(hint_of("a,\"b\"c\n1,x\n"), HasSubstr("double each quotation mark"));
}

TEST(DetectCsvFormat, TakesTheSeparatorThatGivesEqualColumns) {
    EXPECT_EQ(detect_csv_format("a,b\n1,2\n").separator, ',');
    EXPECT_EQ(detect_csv_format("a;b\n1,5;2,5\n3,5;4,5\n").separator, ';');
    EXPECT_EQ(detect_csv_format("a\tb c\n1\tx, y\n").separator, '\t');
    EXPECT_EQ(detect_csv_format("a|b|c\n1|2|3\n").separator, '|');
    EXPECT_EQ(detect_csv_format("only\none\n").separator, ',');
}

TEST(DetectCsvFormat, KnowsALineThatGivesTheSeparator) {
    EXPECT_EQ(detect_csv_format("sep=;\na,b\n1,2\n").separator, ';');
    EXPECT_EQ(detect_csv_format("SEP=\t\na\tb\n").separator, '\t');
    EXPECT_EQ(detect_csv_format("\"sep=^\"\r\na^b\n1^2\n").columns, 2U);
    EXPECT_EQ(detect_csv_format("sep=;\r\na;b\n1;2\n").separator_line_bytes, 7U);
    EXPECT_TRUE(detect_csv_format("sep=;\na;b\n1;2\n").is_regular);
    EXPECT_FALSE(detect_csv_format("sep=;\n1;2\n3;4\n").has_header);
    EXPECT_EQ(detect_csv_format("sep=;\nprice\n1,5\n").commas(), CommaUse::decimal);
}

TEST(DetectCsvFormat, TakesOtherFirstLinesForRecords) {
    for (const char* const start : {"sep,x\n1,2\n", "sep=;,x\n1,2\n", "sep=x\n1\n", "sep=\n1\n",
                                    "sep=\"\n1\n", "sep=;\rx\n1\n", "\"sep=;\n\"\n1\n"}) {
        EXPECT_EQ(detect_csv_format(start).separator_line_bytes, 0U) << start;
    }
}

TEST(DetectCsvFormat, TakesNoDecimalCommaForASeparator) {
    EXPECT_EQ(detect_csv_format("1,5;2,5\n3,5;4,5\n").separator, ';');
    EXPECT_EQ(detect_csv_format("0,0;3,0;0,5\n1,1;2,1;3,5\n").columns, 3U);
    EXPECT_EQ(detect_csv_format("1,5\t2,5\n3,5\t4,5\n").separator, '\t');
    EXPECT_EQ(detect_csv_format("1,5|2,5|3,5\n3,5|4,5|5,5\n").separator, '|');
    EXPECT_EQ(detect_csv_format("March 1, 2024;2,5\nMarch 2, 2024;3,5\n").separator, ';');
    EXPECT_EQ(detect_csv_format("Ng, Al;1,5;2,5\nLi, Bo;3,5;4,5\n").separator, ';');
}

TEST(DetectCsvFormat, TakesNoListInAFieldForColumns) {
    EXPECT_EQ(detect_csv_format("1,bob,3;4\n2,eve,5;6\n").separator, ',');
    EXPECT_EQ(detect_csv_format("bob,1;2\neve,3;4\n").separator, ',');
    EXPECT_EQ(detect_csv_format("a|b,1,2\nc|d,3,4\n").separator, ',');
}

TEST(DetectCsvFormat, SeesWhetherTheFirstLineIsAHeader) {
    EXPECT_TRUE(detect_csv_format("a,b\n1,2\n").has_header);
    EXPECT_TRUE(detect_csv_format("name,word\nx,y\n").has_header);
    EXPECT_FALSE(detect_csv_format("1,2,x\n3,4,y\n").has_header);
    EXPECT_FALSE(detect_csv_format("1,5;2\n3;4\n").has_header);
    EXPECT_TRUE(detect_csv_format("a;b\n3,5;4,5\n").has_header);
    EXPECT_FALSE(detect_csv_format("1\t1,234.56\n2\t500\n").has_header);
    EXPECT_TRUE(detect_csv_format("id,2023,2024\n1,5,6\n").has_header);
}

TEST(DetectCsvFormat, TakesNoRowWithMissingValuesForAHeader) {
    EXPECT_FALSE(detect_csv_format("?,1.5,red\n0.6,0.4,red\n").has_header);
    EXPECT_FALSE(detect_csv_format("NA,1.5\n0.6,0.4\n").has_header);
    EXPECT_FALSE(detect_csv_format(",1.5\n7,0.4\n6,3\n").has_header);
    EXPECT_FALSE(detect_csv_format("1.5,?,red\n?,0.4,red\n2,3,blue\n").has_header);
    EXPECT_FALSE(detect_csv_format("1.5,red\n?,red\n2,blue\n").has_header);
    EXPECT_TRUE(detect_csv_format("a,b\n?,red\n2,blue\n").has_header);
    EXPECT_TRUE(detect_csv_format("?,price\n1,2\n").has_header);
    EXPECT_FALSE(detect_csv_format("1,A/5,7.25\n1,?,9.5\n0,17599,71.28\n1,STON,8\n").has_header);
}

TEST(DetectCsvFormat, TakesAnIndexWithoutANameForOneBelowAHeader) {
    EXPECT_TRUE(detect_csv_format(",0,1\n0,0.5,0.6\n1,0.7,0.8\n").has_header);
    EXPECT_TRUE(detect_csv_format("\"\",\"name\"\n\"1\",\"bob\"\n\"2\",\"eve\"\n").has_header);
    EXPECT_TRUE(detect_csv_format(",name\n17,bob\n4,eve\n").has_header);
    EXPECT_TRUE(detect_csv_format(",2019,2020\n0,5,6\n1,7,8\n").has_header);
    EXPECT_TRUE(detect_csv_format(",0,1\n17,0.5,0.6\n4,0.7,0.8\n").has_header);
    EXPECT_TRUE(detect_csv_format(",400,405.5\n17,0.5,0.6\n4,0.7,0.8\n").has_header);
    EXPECT_FALSE(detect_csv_format(",2,0\n17,0.5,0.6\n4,0.7,0.8\n").has_header);
    EXPECT_FALSE(detect_csv_format(",0,2\n17,0.5,0.6\n17,0.7,0.8\n").has_header);
    EXPECT_FALSE(detect_csv_format(",0.1,0.2\n1.7,0.5,0.6\n0.4,0.7,0.8\n").has_header);
}

}  // namespace
}  // namespace trilby::data
