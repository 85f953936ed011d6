// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/steps.hpp"

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <optional>

#include "base/text.hpp"
#include "doctor/embedded_pages.hpp"
#include "doctor/packages.hpp"

namespace trilby::doctor {
namespace {

/// "{{boot-argument pci=realloc}}": the page in src/doctor/steps/ and what replaces {} in it.
struct Insertion {
    std::string_view name;
    std::string_view arguments;
};

std::optional<Insertion> insertion_in(std::string_view step) {
    constexpr std::string_view open = "{{";
    constexpr std::string_view close = "}}";
    if (!step.starts_with(open) || !step.ends_with(close)) {
        return std::nullopt;
    }
    step.remove_prefix(open.size());
    step.remove_suffix(close.size());
    const std::size_t space = step.find(' ');
    return space == std::string_view::npos
               ? Insertion{step, {}}
               : Insertion{step.substr(0, space), step.substr(space + 1)};
}

struct StepPage {
    std::string_view name;
    Page page;
};

/// Parsed once: most pages of conditions insert several of them, for every system.
const std::vector<StepPage>& parsed_step_pages() {
    static const auto parsed = [] {
        std::vector<StepPage> pages;
        for (const EmbeddedPage& page : step_pages) {
            pages.push_back({page.name, parse_page(page.text)});
        }
        return pages;
    }();
    return parsed;
}

Steps insert(std::string_view name, std::string_view arguments, System system) {
    const auto& pages = parsed_step_pages();
    const auto found = std::ranges::find(pages, name, &StepPage::name);
    Steps steps = found == pages.end() ? Steps{} : steps_for(found->page, system);
    for (std::string& step : steps) {
        boost::replace_all(step, "{}", arguments);
    }
    return steps;
}

/// A system whose package is unknown gets the steps for any system, with the names of the software.
Steps install(std::string_view software, System system) {
    std::vector<std::string_view> packages;
    for (const std::string_view name : split_words(software)) {
        const Package* package = find_package(name, system);
        if (package == nullptr) {
            return insert("install", fmt::format("{}", fmt::join(split_words(software), " and ")),
                          System::other);
        }
        packages.push_back(package->packages);
    }
    return insert("install", fmt::format("{}", fmt::join(packages, " ")), system);
}

Steps resolve_step(const std::string& step, System system) {
    const auto insertion = insertion_in(step);
    if (!insertion) {
        return {step};
    }
    return insertion->name == "install" ? install(insertion->arguments, system)
                                        : insert(insertion->name, insertion->arguments, system);
}

}  // namespace

const Section* find_section(const Page& page, std::string_view heading) {
    const auto found = std::ranges::find_if(page.sections, [&](const Section& section) {
        return std::ranges::find(section.headings, heading) != section.headings.end();
    });
    return found == page.sections.end() ? nullptr : &*found;
}

const Section* find_section(const Page& page, System system) {
    const Section* section = find_section(page, system_title(system));
    return section != nullptr || system == System::other ? section
                                                         : find_section(page, base_of(system));
}

Steps resolve(const Section& section, System system) {
    Steps resolved;
    for (const std::string& step : section.steps) {
        std::ranges::move(resolve_step(step, system), std::back_inserter(resolved));
    }
    return resolved;
}

Steps steps_for(const Page& page, System system) {
    const Section* section = find_section(page, system);
    return section == nullptr ? Steps{} : resolve(*section, system);
}

}  // namespace trilby::doctor
