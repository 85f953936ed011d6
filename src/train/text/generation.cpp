// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/generation.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/describe.hpp"
#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/unicode.hpp"
#include "base/write_json.hpp"
#include "train/text/schema.hpp"

namespace trilby::train::text {

TRILBY_DESCRIBE(SamplingSettings, temperature, top_k, top_p)
TRILBY_DESCRIBE(GenerationSettings, tokens, seed, sampling)

namespace {

/// The text of tokens, in whole characters.
class Decoder {
  public:
    explicit Decoder(data::Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}

    /// ErrorCode::bad_data for a token that the vocabulary does not have.
    Result<void> add(std::int64_t token) {
        if (token < 0 || std::cmp_greater_equal(token, vocabulary_.size())) {
            return failure(ErrorCode::bad_data, fmt::format("the token {} does not exist", token));
        }
        text_ += vocabulary_.decode(token);
        return {};
    }
    /// The characters that are complete since the last call.
    std::string take() {
        constexpr std::size_t longest_character = 4;
        std::size_t whole = 0;
        while (whole < text_.size()) {
            const Character next = first_character(std::string_view(text_).substr(whole));
            if (next.bytes == 0 && text_.size() - whole < longest_character) {
                break;  // the rest may come with the next token
            }
            whole += std::max<std::size_t>(1, next.bytes);
        }
        std::string taken = text_.substr(0, whole);
        text_.erase(0, whole);
        return taken;
    }

  private:
    data::Vocabulary vocabulary_;
    std::string text_;
};

/// The prompt as the array "prompt".
Result<PreparedData> prepare_prompt(const TrainedRun& run, const Schema& schema,
                                    std::string_view prompt) {
    std::vector<std::int32_t> tokens;
    const data::Vocabulary vocabulary = vocabulary_of(schema);
    if (const auto encoded = vocabulary.encode(prompt, tokens); !encoded) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the prompt cannot be read: {}", encoded.error().message),
                       "give --prompt with characters of the text that was trained, or train with "
                       "'--set data.tokens=bytes', which have every character");
    }
    TRILBY_TRY(arrays,
               SharedArrays::reserve(
                   {{"prompt", ElementType::i32, {static_cast<std::int64_t>(tokens.size())}}}));
    std::ranges::copy(tokens, arrays.elements<std::int32_t>("prompt").begin());
    return PreparedData{
        .source = run.checkpoint, .schema = run.schema, .arrays = std::move(arrays), .parts = {}};
}

struct Prepared {
    PreparedData data;
    Decoder decoder;
};

Result<Prepared> prepare_generation(const TrainedRun& run, std::string_view prompt) {
    if (!std::holds_alternative<Settings>(run.recipe.task)) {
        return failure(ErrorCode::usage,
                       fmt::format("the data of '{}' are of the kind {}, expected text",
                                   run.checkpoint.string(), run.recipe.task_name()),
                       "its predictions are made by 'trilby predict'");
    }
    if (prompt.empty()) {
        return failure(ErrorCode::usage, "the prompt is empty",
                       "give at least one character for the network to continue");
    }
    TRILBY_TRY(schema, parse_schema(run.schema));
    TRILBY_TRY(data, prepare_prompt(run, schema, prompt));
    return Prepared{std::move(data), Decoder(vocabulary_of(schema))};
}

}  // namespace

json::object to_json(const GenerationSettings& settings) {
    return json::to_json(settings);
}

Result<GenerationSettings> parse_generation(const json::object& params) {
    GenerationSettings settings;
    TRILBY_CHECK(json::Reader(json::ReadLimits()).read(settings, params, "generation", "params"));
    return settings;
}

worker::Answer<void> generate(const TrainedRun& run, std::string_view prompt,
                              const GenerationSettings& settings, const SessionOptions& options,
                              const std::function<void(std::string_view)>& on_text) {
    auto prepared = prepare_generation(run, prompt);
    if (!prepared) {
        return worker::refused(prepared.error());
    }
    TRILBY_TRY(session, Session::start(prepared->data, options));
    const auto on_event = [&](const json::object& event) -> Result<void> {
        TRILBY_TRY(token, json::get_integer(event, "token", "token event"));
        TRILBY_CHECK(prepared->decoder.add(token));
        on_text(prepared->decoder.take());
        return {};
    };
    TRILBY_CHECK(session.run(
        "generate", run.recipe,
        {{"checkpoint", run.checkpoint.string()}, {"generation", to_json(settings)}}, on_event));
    return {};
}

}  // namespace trilby::train::text
