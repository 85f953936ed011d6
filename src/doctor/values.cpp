// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/values.hpp"

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <functional>

#include "base/text.hpp"

namespace trilby::doctor {
namespace {

using Texts = std::vector<std::string>;
using TextsOf = std::function<Texts(std::string_view name)>;

std::string capitals(std::string_view name) {
    return boost::to_upper_copy(std::string(name));
}

/// Adds the step whose beginning is `filled`, once for each combination of values for the rest.
void add_filled(Texts& steps, const std::string& filled, std::string_view rest,
                const TextsOf& texts_of) {
    const std::size_t start = rest.find('@');
    if (start == std::string_view::npos) {
        steps.push_back(filled + std::string(rest));
        return;
    }
    const std::string before = filled + std::string(rest.substr(0, start));
    rest.remove_prefix(start + 1);
    const std::size_t end = std::min(rest.find('@'), rest.size());
    for (const std::string& text : texts_of(rest.substr(0, end))) {
        add_filled(steps, before + text, rest.substr(std::min(end + 1, rest.size())), texts_of);
    }
}

Page fill_in(Page page, const TextsOf& texts_of) {
    for (Section& section : page.sections) {
        Texts steps;
        for (const std::string& step : section.steps) {
            add_filled(steps, "", step, texts_of);
        }
        section.steps = std::move(steps);
    }
    return page;
}

}  // namespace

Values value_if_any(std::string_view name, std::string_view text) {
    return text.empty() ? Values() : Values{{name, std::string(text)}};
}

Page with_values(Page page, const Values& values) {
    return fill_in(std::move(page), [&](std::string_view name) {
        Texts texts;
        for (const Value& value : values) {
            if (value.name == name) {
                const bool is_plain = shell_word(value.text) == value.text;
                texts.push_back(is_plain ? value.text : capitals(name));
            }
        }
        return texts;
    });
}

Page with_names(Page page) {
    return fill_in(std::move(page), [](std::string_view name) { return Texts{capitals(name)}; });
}

}  // namespace trilby::doctor
