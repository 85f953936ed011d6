// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <string_view>

#include "base/print.hpp"
#include "base/try.hpp"
#include "cli/command.hpp"
#include "cli/option_text.hpp"
#include "cli/trained_run_options.hpp"
#include "report/error.hpp"
#include "train/documents.hpp"
#include "train/text/generation.hpp"

namespace trilby::cli {
namespace {

constexpr const char* empty_line = "\n";

struct GenerateOptions : TrainedRunOptions {
    std::string prompt = empty_line;
    train::text::GenerationSettings generation;
};

struct PreparedGeneration {
    train::TrainedRun run;
    train::SessionOptions session;
};

Result<PreparedGeneration> prepare(const GenerateOptions& options,
                                   platform::InterruptWatch& interrupts) {
    TRILBY_TRY(run, train::TrainedRun::open(options.run));
    TRILBY_TRY(session, session_options(options, interrupts));
    return PreparedGeneration{std::move(run), std::move(session)};
}

/// The prompt and its continuation, which people see as it comes.
class GeneratedText {
  public:
    explicit GeneratedText(const GenerateOptions& options) : options_(options) {}

    void add(std::string_view characters) {
        if (text_.empty() && options_.prompt != empty_line) {
            show(options_.prompt);
        }
        show(characters);
    }
    void end() const {
        if (!options_.as_json && !text_.empty()) {
            print("\n");
        }
    }
    /// Whether the reader has seen enough, which is not a failure.
    [[nodiscard]] bool has_closed_pipe() const { return has_closed_pipe_; }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    void show(std::string_view characters) {
        text_ += characters;
        if (!options_.as_json && !has_closed_pipe_) {
            print(SafeText::lines(characters));
            has_closed_pipe_ = std::fflush(stdout) != 0 && errno == EPIPE;
        }
    }

    const GenerateOptions& options_;
    std::string text_;
    bool has_closed_pipe_ = false;
};

int run_generate(const GenerateOptions& options) {
    platform::InterruptWatch interrupts;
    const auto prepared = prepare(options, interrupts);
    if (!prepared) {
        return report::print_error(prepared.error(), options.as_json);
    }
    GeneratedText text(options);
    const auto generated =
        train::text::generate(prepared->run, options.prompt, options.generation, prepared->session,
                              [&](std::string_view characters) { text.add(characters); });
    if (text.has_closed_pipe()) {
        return static_cast<int>(ErrorCode::interrupted);
    }
    text.end();
    if (!generated) {
        return report_worker_failure(generated.error(), options.as_json);
    }
    if (options.as_json) {
        print(json_text(train::document_of(train::GenerationDocument{{text.text()}})));
    }
    return 0;
}

}  // namespace

Command generate_command(CLI::App& trilby) {
    auto options = std::make_shared<GenerateOptions>();
    train::text::GenerationSettings& generation = options->generation;
    CLI::App* parser =
        trilby.add_subcommand("generate", "Write text as a trained network continues it");
    add_trained_run_options(*parser, *options);
    parser->add_option("--prompt", options->prompt, "Text to continue")
        ->transform([](const std::string& text) { return text.empty() ? empty_line : text; })
        ->type_name("TEXT")
        ->default_str("an empty line");
    parser->add_option("--tokens", generation.tokens, "Characters or bytes to write")
        ->transform(whole_number(1, 1'000'000'000))
        ->type_name("N")
        ->capture_default_str();
    parser
        ->add_option("--temperature", generation.sampling.temperature,
                     "Below 1 is more careful; 0 always takes the most probable token")
        ->check(number(0, 100))
        ->type_name("NUMBER")
        ->capture_default_str();
    parser->add_option("--top-k", generation.sampling.top_k, "Only the N most probable tokens")
        ->transform(whole_number(1, 1'000'000))
        ->type_name("N")
        ->default_str("all");
    parser
        ->add_option("--top-p", generation.sampling.top_p,
                     "Only the most probable tokens that together reach this probability")
        ->check(number(0, 1))
        ->type_name("NUMBER")
        ->capture_default_str();
    parser->add_option("--seed", generation.seed, "The same seed repeats the text")
        ->transform(whole_number(0))
        ->type_name("N")
        ->capture_default_str();
    return {parser, [options] { return run_generate(*options); }};
}

}  // namespace trilby::cli
