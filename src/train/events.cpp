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
constexpr const char* history_key = "epochs";

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

std::string history_to_text(const std::vector<EpochEvent>& history) {
    json::array lines;
    for (EpochEvent epoch : history) {
        epoch.images_per_second = {};
        epoch.seconds = {};
        lines.push_back(metrics_of(epoch));
    }
    return json::serialize(json::object{{history_key, std::move(lines)}});
}

Result<std::vector<EpochEvent>> parse_history(std::string_view text) {
    TRILBY_TRY(document, json::parse_object(text, "history"));
    TRILBY_TRY(lines, json::get_array(document, history_key, "history"));
    std::vector<EpochEvent> history;
    for (const json::value& line : lines) {
        TRILBY_TRY(object, json::as_object(line, "history"));
        TRILBY_TRY(epoch, json::from_json<EpochEvent>(object, "history"));
        history.push_back(std::move(epoch));
    }
    return history;
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

}  // namespace trilby::train
