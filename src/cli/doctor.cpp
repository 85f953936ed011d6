// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include "base/print.hpp"
#include "base/text.hpp"
#include "cli/bug_report.hpp"
#include "cli/command.hpp"
#include "cli/configuration.hpp"
#include "cli/machine_root.hpp"
#include "cli/output_style.hpp"
#include "machine/errors/error_meaning.hpp"
#include "report/diagnosis.hpp"
#include "report/error.hpp"
#include <trilby/doctor.hpp>
#include <trilby/selection.hpp>

namespace trilby::cli {
namespace {

struct DoctorOptions {
    MachineOptions machine;
    std::string only_family;
    std::string explained;
    std::string report_file;
    bool as_json = false;
    bool is_quiet = false;
};

int run_list(bool as_json) {
    json::array documents;
    for (const Explanation& condition : known_conditions()) {
        if (as_json) {
            documents.push_back(report::to_json(condition));
        } else {
            print(report::to_line(condition, output_style()));
        }
    }
    if (as_json) {
        print(json_text({{"schema", 1}, {"conditions", std::move(documents)}}));
    }
    return 0;
}

int run_explain(const DoctorOptions& options) {
    if (options.explained == "all") {
        return run_list(options.as_json);
    }
    if (const auto meaning = error_meaning(options.explained)) {
        print(options.as_json ? json_text(report::to_json(options.explained, *meaning))
                              : report::to_text(options.explained, *meaning, output_style()));
        return 0;
    }
    const auto known = known_conditions();
    const auto condition = std::ranges::find(known, options.explained, &Explanation::id);
    if (condition == known.end()) {
        return report::print_error(
            {ErrorCode::usage,
             fmt::format("no condition '{}' is known", printable(options.explained, 64)),
             "'trilby doctor --explain all' lists them; errors have names such as 'Xid 79'"},
            options.as_json);
    }
    print(options.as_json ? json_text(report::to_json(*condition))
                          : report::to_text(*condition, output_style()));
    return 0;
}

/// The backend that training uses. The installed backends are known only for this machine.
std::optional<Result<Choice>> choice_of(const DoctorOptions& options, const Machine& machine) {
    if (options.machine.root != "/" || !options.only_family.empty()) {
        return std::nullopt;
    }
    const auto wanted = wanted_backend(std::nullopt);
    return wanted ? select_backend(machine, installed_backends(), *wanted).choice
                  : std::unexpected(wanted.error());
}

SafeText closing_text(const Result<Choice>& choice) {
    if (choice) {
        return report::paragraph(
            fmt::format("{} is used to train: {}.", choice->name, choice->reason), output_style());
    }
    const Error& error = choice.error();
    return report::paragraph(fmt::format("Training is not possible here: {}.", error.message),
                             output_style()) +
           (error.hint.empty() ? "" : SafeText::format("do:  {}\n", error.hint));
}

/// Keeps the findings of one family, and says how many others there are.
SafeText keep_family(Diagnosis& diagnosis, const std::string& family) {
    const auto is_other = [&](const Finding& finding) { return finding.family != family; };
    const std::size_t others = std::erase_if(diagnosis.findings, is_other);
    std::erase_if(diagnosis.consequences, is_other);
    return others == 0 ? SafeText()
                       : SafeText::format("Not shown: {} finding{} of other families.\n", others,
                                          others == 1 ? "" : "s");
}

int run_examination(const DoctorOptions& options) {
    if (const auto checked = check_root(options.machine.root); !checked) {
        return report::print_error(checked.error(), options.as_json);
    }
    const Machine machine = probe(options.machine.probe_options());
    Diagnosis diagnosis = diagnose(machine);
    const auto choice = choice_of(options, machine);
    SafeText closing = choice ? closing_text(*choice) : "";
    if (!options.only_family.empty()) {
        closing = keep_family(diagnosis, options.only_family);
    }
    if (options.as_json) {
        print(json_text(report::to_json(diagnosis, choice, machine)));
    } else if (options.is_quiet) {
        print(report::to_lines(diagnosis, output_style()));
        if (choice && !*choice) {
            print("no backend: {}\n", choice->error().message);
        }
    } else {
        print("{}{}", report::to_text(diagnosis, options.only_family, output_style()), closing);
    }
    return diagnosis.is_blocked() || (choice && !*choice) ? 1 : 0;
}

int run_report(const DoctorOptions& options) {
    if (const auto written = write_bug_report(options.report_file, options.machine.probe_options());
        !written) {
        return report::print_error(written.error(), options.as_json);
    }
    print(
        "{} can be attached to a report: names, serial numbers and addresses are left out.\n"
        "Read it before you send it.\n",
        options.report_file);
    return 0;
}

int run_doctor(const DoctorOptions& options) {
    if (!options.explained.empty()) {
        return run_explain(options);
    }
    return options.report_file.empty() ? run_examination(options) : run_report(options);
}

/// An error message; empty if `typed` is a family.
std::string check_family(const std::string& typed) {
    std::vector<std::string_view> names;
    std::ranges::transform(known_families(), std::back_inserter(names), &ConditionFamily::name);
    return std::ranges::find(names, typed) != names.end()
               ? std::string()
               : fmt::format("no family '{}': the families are {}", printable(typed, 64),
                             fmt::join(names, ", "));
}

}  // namespace

Command doctor_command(CLI::App& trilby) {
    auto options = std::make_shared<DoctorOptions>();
    CLI::App* parser =
        trilby.add_subcommand("doctor", "Diagnose problems of this machine and suggest fixes");
    CLI::Option* as_json = parser->add_flag("--json", options->as_json, "Print one JSON document");
    parser->add_flag("--quiet", options->is_quiet, "Print one line for each finding");
    parser->add_option("--only", options->only_family, "Print findings of this family only")
        ->type_name("FAMILY")
        ->check(check_family);
    parser
        ->add_option("--explain", options->explained,
                     "Explain the condition of this id, or an error such as 'Xid 79'; 'all' lists "
                     "the conditions")
        ->type_name("ID");
    parser
        ->add_option("--report", options->report_file,
                     "Write a report for a bug tracker, without personal data, to a new file")
        ->excludes(as_json)
        ->type_name("FILE");
    add_machine_options(*parser, options->machine);
    return {parser, [options] { return run_doctor(*options); }};
}

}  // namespace trilby::cli
