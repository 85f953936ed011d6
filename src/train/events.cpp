// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/events.hpp"

#include <fmt/format.h>
#include <utility>

#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"
#include "train/describe.hpp"

namespace trilby::train {
namespace {

constexpr const char* type_key = "type";

template <class Content>
Result<std::optional<Event>> parse(const json::object& document) {
    TRILBY_TRY(content, json::from_json<Content>(document, fmt::format("{} event", Content::type)));
    return std::optional<Event>(std::move(content));
}

}  // namespace

json::object to_json(const Libraries& libraries) {
    return json::to_json(libraries, json::whole_texts);
}

json::object to_json(const TrainingResult& result) {
    return json::to_json(result, json::whole_texts);
}

json::object to_json(const PredictionResult& result) {
    return json::to_json(result, json::whole_texts);
}

json::object to_json(const Saving& saving) {
    return json::to_json(saving, json::whole_texts);
}

json::object to_json(const Examination& examination) {
    return json::to_json(examination, json::whole_texts);
}

json::object to_json(const Event& event) {
    return std::visit(
        [](const auto& content) {
            json::object out{{type_key, content.type}};
            const json::object members = json::to_json(content, json::whole_texts);
            out.insert(members.begin(), members.end());
            return out;
        },
        event);
}

json::object metrics_of(const EpochEvent& epoch) {
    json::object metrics = to_json(epoch);
    metrics.erase(type_key);  // the last key takes its place, as in the files of earlier runs
    return metrics;
}

std::string history_line(EpochEvent epoch) {
    epoch.units_per_second = {};
    epoch.seconds = {};
    return json::serialize(metrics_of(epoch));
}

std::optional<std::int64_t> epoch_of_line(std::string_view line) {
    const auto metrics = json::parse_object(line, "metrics");
    const auto epoch = metrics ? json::get_integer(*metrics, "epoch", "metrics")
                               : Result<std::int64_t>(std::unexpected(metrics.error()));
    return epoch ? std::optional(*epoch) : std::nullopt;
}

std::string type_of(const json::object& event) {
    return json::get_string(event, type_key, "event").value_or("");
}

Result<std::optional<Event>> parse_event(const json::object& document) {
    const std::string type = type_of(document);
    Result<std::optional<Event>> event;
    boost::mp11::mp_for_each<Event>([&](auto content) {
        if (type == content.type) {
            event = parse<decltype(content)>(document);
        }
    });
    return event;
}

Result<TrainingResult> parse_result(const json::object& document) {
    return json::from_json<TrainingResult>(document, "the training's result");
}

Result<PredictionResult> parse_prediction(const json::object& document) {
    return json::from_json<PredictionResult>(document, "the prediction");
}

Result<Saving> parse_saving(const json::object& params) {
    const auto document = json::get_object(params, "saving", "params");
    if (!document) {
        return Saving{};
    }
    TRILBY_TRY(saving, json::from_json<Saving>(*document, "saving"));
    if (saving.checkpoints < 1 || saving.checkpoints > most_checkpoints) {
        return failure(ErrorCode::bad_data, fmt::format("saving: {} checkpoints, expected 1 to {}",
                                                        saving.checkpoints, most_checkpoints));
    }
    return std::move(saving);
}

Result<Examination> parse_examination(const json::object& document) {
    return json::from_json<Examination>(document, "the examination");
}

}  // namespace trilby::train
