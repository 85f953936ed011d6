// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/completion.hpp"

#include <CLI/App.hpp>
#include <gmock/gmock.h>

#include "cli/command_line.hpp"
#include "validate/catalog.hpp"
#include <trilby/doctor.hpp>

namespace trilby::cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

using Typed = std::vector<std::string_view>;

Completion completion_of(const Typed& typed) {
    return complete(*command_line().parser, typed);
}

std::vector<std::string> words_of(const Typed& typed) {
    std::vector<std::string> words;
    for (const Word& word : completion_of(typed).words) {
        words.push_back(word.text);
    }
    return words;
}

Paths paths_of(const Typed& typed) {
    return completion_of(typed).paths;
}

/// Each command that `parser` knows, with the words that lead to it.
void for_each_command(const CLI::App& parser, const Typed& path,
                      const std::function<void(const CLI::App&, Typed)>& visit) {
    visit(parser, path);
    for (const CLI::App* below : parser.get_subcommands({})) {
        Typed longer = path;
        longer.push_back(below->get_name());
        for_each_command(*below, longer, visit);
    }
}

TEST(Completion, OffersEverySubcommandAndOption) {
    const CommandLine line = command_line();
    for_each_command(*line.parser, {}, [&](const CLI::App& command, Typed typed) {
        typed.emplace_back("");
        for (const CLI::App* below : command.get_subcommands({})) {
            EXPECT_THAT(words_of(typed), Contains(below->get_name()));
        }
        typed.back() = "-";
        for (const CLI::Option* option : command.get_options({})) {
            EXPECT_TRUE(option->get_positional() ||
                        testing::Value(words_of(typed), Contains(option->get_name())))
                << command.get_name() << ' ' << option->get_name();
        }
    });
}

TEST(Completion, OffersCandidatesThatBeginWithTheLastWord) {
    EXPECT_THAT(words_of({"pro"}), ElementsAre("probe"));
    EXPECT_THAT(words_of({"data", ""}), ElementsAre("list", "show", "path", "fetch"));
    EXPECT_THAT(words_of({"data", "fetch", "--u"}), ElementsAre("--url-base"));
    EXPECT_THAT(words_of({"probe", "--r"}), ElementsAre("--root", "--runtimes"));
}

TEST(Completion, DescribesItsCandidates) {
    EXPECT_EQ(completion_of({"pro"}).words.front().summary,
              command_line().parser->get_subcommand("probe")->get_description());
    EXPECT_THAT(completion_of({"probe", "--json"}).words.front().summary, HasSubstr("JSON"));
    const Explanation condition = known_conditions().front();
    EXPECT_EQ(completion_of({"doctor", "--explain", condition.id}).words.front().summary,
              condition.title);
}

TEST(Completion, OffersTheValuesOfOptions) {
    EXPECT_THAT(words_of({"doctor", "--only", "n"}), ElementsAre("nvidia"));
    EXPECT_THAT(words_of({"doctor", "--only", ""}),
                ElementsAre("amd", "container", "cpu", "intel", "nvidia", "system"));
    EXPECT_THAT(words_of({"backends", "--backend", ""}),
                UnorderedElementsAre("cpu", "cuda", "rocm"));
    EXPECT_THAT(words_of({"validate", "--check", ""}), SizeIs(validate::known_checks().size()));
    EXPECT_THAT(words_of({"doctor", "--explain", "TRL-P002"}), ElementsAre("TRL-P002"));
    EXPECT_THAT(words_of({"doctor", "--explain", ""}), SizeIs(known_conditions().size() + 1));
    EXPECT_THAT(words_of({"train", "--epochs", ""}), IsEmpty());
}

TEST(Completion, OffersTheValuesOfOperands) {
    EXPECT_THAT(words_of({"data", "fetch", "f"}), Contains("fashion-mnist"));
    EXPECT_THAT(words_of({"backend", "remove", "c"}), UnorderedElementsAre("cpu", "cuda"));
    EXPECT_THAT(words_of({"data", "fetch", "fashion-mnist", ""}), Not(Contains("fashion-mnist")));
}

TEST(Completion, LeavesFilesAndFoldersToTheShell) {
    EXPECT_EQ(paths_of({"probe", "--root", ""}), Paths::folders);
    EXPECT_EQ(paths_of({"probe", "--root=my mach"}), Paths::folders);
    EXPECT_EQ(paths_of({"doctor", "--report", "a b"}), Paths::files);
    EXPECT_EQ(paths_of({"train", "./my"}), Paths::files);
    EXPECT_EQ(paths_of({"doctor", "--only", ""}), Paths::none);
}

TEST(Completion, ReplacesTheWholeWordAfterAnEqualsSign) {
    EXPECT_THAT(words_of({"doctor", "--only="}),
                AllOf(Contains("--only=nvidia"), Each(StartsWith("--only="))));
    EXPECT_THAT(words_of({"doctor", "--only=nv"}), ElementsAre("--only=nvidia"));
    EXPECT_THAT(words_of({"doctor", "--json="}), IsEmpty());
    EXPECT_THAT(words_of({"doctor", "--nonsense=x"}), IsEmpty());
}

TEST(Completion, ContinuesAfterValuesOfAnyCharacters) {
    EXPECT_THAT(words_of({"train", "--data", "my 'odd'\n$(data)", "--ep"}),
                ElementsAre("--epochs"));
    EXPECT_THAT(words_of({"train", "--data=-x y", "--ep"}), ElementsAre("--epochs"));
    EXPECT_THAT(words_of({"nonsense", "--v"}), ElementsAre("--version"));
    EXPECT_THAT(words_of({"help", "do"}), ElementsAre("doctor"));
}

TEST(Completion, LeavesOutExcludedOptions) {
    EXPECT_THAT(words_of({"probe", "--json", "--"}),
                AllOf(Not(Contains("--json")), Not(Contains("--capture")), Contains("--root")));
    EXPECT_THAT(words_of({"validate", "--check", "matmul", "--c"}), Contains("--check"));
}

TEST(Completion, OffersNoOptionsAfterTwoDashes) {
    EXPECT_THAT(words_of({"probe", "--", "--r"}), IsEmpty());
    EXPECT_THAT(words_of({"data", "path", "--", ""}), Contains("fashion-mnist"));
}

TEST(Completion, OffersNothingForAHostileWord) {
    EXPECT_THAT(words_of({}), IsEmpty());
    EXPECT_EQ(paths_of({"probe", "--root", "a\x1b[31m"}), Paths::none);
    EXPECT_EQ(paths_of({"probe", "--root", "a\nb"}), Paths::none);
    EXPECT_EQ(paths_of({"probe", "--root", std::string(4096, 'x')}), Paths::folders);
    EXPECT_EQ(paths_of({"probe", "--root", std::string(4097, 'x')}), Paths::none);
    EXPECT_THAT(words_of({"doctor", "--only", "\xff\xfe"}), IsEmpty());
}

TEST(Completion, PrintsALineForEachWordAndTheKindOfPathsLast) {
    const Completion completion{.words = {{"a", "first: \"x\""}, {"b c", ""}},
                                .paths = Paths::files};
    EXPECT_EQ(to_lines(completion), "a\tfirst: \"x\"\nb c\n:files\n");
    EXPECT_EQ(to_lines({.words = {}, .paths = Paths::folders}), ":folders\n");
    EXPECT_EQ(to_lines({}), "");
}

TEST(Completion, PrintsNoWordThatWouldBreakTheLines) {
    EXPECT_EQ(to_lines({.words = {{"a\nb", ""}, {"c\td", ""}, {"e", "f\x1b[m"}, {"g", ""}}}),
              "g\n");
}

}  // namespace
}  // namespace trilby::cli
