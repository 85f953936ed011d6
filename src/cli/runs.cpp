// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <vector>

#include "base/print.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "cli/command.hpp"
#include "cli/run_dashboard.hpp"
#include "platform/interrupt.hpp"
#include "report/error.hpp"
#include "report/runs_text.hpp"
#include "report/training_words.hpp"
#include "train/documents.hpp"
#include "train/event_file.hpp"
#include "train/metrics_reader.hpp"
#include "train/run_files.hpp"
#include "train/run_list.hpp"
#include "train/run_removal.hpp"
#include "train/run_tail.hpp"

namespace trilby::cli {
namespace {

struct RunsOptions {
    std::string folder = "runs";
    std::vector<std::string> runs;
    std::string run;
    bool follow = false;
    bool is_dry_run = false;
    bool as_json = false;
};

int exit_code(const Result<void>& done, bool as_json) {
    return done ? 0 : report::print_error(done.error(), as_json);
}

train::RunsDocument document_of(const std::vector<train::RunRecord>& runs,
                                const std::string& folder) {
    train::RunsDocument document{.folder = folder, .runs = {}};
    for (const train::RunRecord& run : runs) {
        document.runs.push_back(summary_of(run));
    }
    return document;
}

Result<void> list(const RunsOptions& options) {
    TRILBY_TRY(runs, train::list_runs(options.folder));
    if (options.as_json) {
        print(json_text(train::document_of(document_of(runs, options.folder))));
    } else {
        print(report::to_text(runs, options.folder));
    }
    return {};
}

Result<void> compare(const RunsOptions& options) {
    constexpr std::size_t most = 20;
    if (options.runs.size() < 2 || options.runs.size() > most) {
        return failure(ErrorCode::usage,
                       fmt::format("{} to compare, expected 2 to {}",
                                   counted(options.runs.size(), "run", "runs"), most),
                       "see 'trilby runs compare --help'");
    }
    TRILBY_TRY(comparison, train::compare_runs({options.runs.begin(), options.runs.end()}));
    print(options.as_json ? json_text(train::document_of(comparison))
                          : report::to_text(comparison));
    return {};
}

SafeText line_of(const train::EpochEvent& epoch, const train::RunRecord& run) {
    return report::epoch_line(epoch, {train::headline_of(epoch.validation), run.unit, run.epochs});
}

Result<void> follow(const train::RunRecord& run) {
    platform::InterruptWatch interrupts;
    TRILBY_CHECK(train::follow_epochs(run.folder, interrupts, [&](const train::EpochEvent& epoch) {
        print(line_of(epoch, run));
        std::fflush(stdout);
        return interrupts.count() == 0;
    }));
    TRILBY_TRY(now, train::read_run(run.folder));
    if (now.state == train::RunState::stopped) {
        print_to(stderr, "trilby: nobody trains this run; continue with: {}\n",
                 "trilby train --resume " + shell_word(run.folder.string()));
    }
    return {};
}

Result<void> tail(const RunsOptions& options) {
    TRILBY_TRY(run, train::read_run(options.run));
    if (options.follow) {
        return follow(run);
    }
    train::MetricsReader metrics(run.folder / train::metrics_name);
    return metrics.read_new([&](const train::EpochEvent& epoch) {
        print(line_of(epoch, run));
        return true;
    });
}

Result<void> remove_one(const std::string& folder, bool is_dry_run) {
    TRILBY_TRY(removal, is_dry_run ? train::plan_removal(folder) : train::remove_run(folder));
    print(report::to_text(removal, is_dry_run));
    return {};
}

Result<void> write_events(const std::string& folder) {
    TRILBY_TRY(file, train::write_event_file(folder));
    print("{}\n", file.string());
    return {};
}

/// Goes on after a run that fails, like rm. The exit code is that of the first one.
template <class Work>
int for_each_run(const RunsOptions& options, Work work) {
    int code = 0;
    for (const std::string& folder : options.runs) {
        const int failed = exit_code(work(folder), false);
        code = code == 0 ? failed : code;
    }
    return code;
}

CLI::App* add_compare(CLI::App& parser, RunsOptions& options) {
    CLI::App* compare = parser.add_subcommand(
        "compare", "Show what differs between runs, and which of them is better");
    compare->add_option("RUN", options.runs, "Folders of two or more runs")->required();
    compare->add_flag("--json", options.as_json, "Print one JSON document");
    return compare;
}

CLI::App* add_tail(CLI::App& parser, RunsOptions& options) {
    CLI::App* tail =
        parser.add_subcommand("tail", "Print the epochs of a run as 'trilby train' prints them");
    tail->add_option("RUN", options.run, "Folder of a run")->required();
    tail->add_flag("--follow", options.follow,
                   "Print more epochs as they end, until nobody trains the run");
    return tail;
}

CLI::App* add_watch(CLI::App& parser, RunsOptions& options) {
    CLI::App* watch = parser.add_subcommand(
        "watch", "Show a run on the whole window of the terminal, while it is trained or after");
    watch->add_option("RUN", options.run, "Folder of a run")->required();
    return watch;
}

CLI::App* add_remove(CLI::App& parser, RunsOptions& options) {
    CLI::App* remove = parser.add_subcommand(
        "remove", "Remove what Trilby wrote into the folders of runs, without a question");
    remove->add_option("RUN", options.runs, "Folders of runs")->required();
    remove->add_flag("--dry-run", options.is_dry_run, "Print what would be removed");
    return remove;
}

CLI::App* add_tensorboard(CLI::App& parser, RunsOptions& options) {
    CLI::App* tensorboard = parser.add_subcommand(
        "tensorboard", "Write event files for TensorBoard into the folders of runs");
    tensorboard->add_option("RUN", options.runs, "Folders of runs")->required();
    return tensorboard;
}

}  // namespace

Command runs_command(CLI::App& trilby) {
    auto options = std::make_shared<RunsOptions>();
    CLI::App* parser = trilby.add_subcommand("runs", "List, compare, watch and remove runs");
    parser->require_subcommand(0, 1);
    parser->add_option("DIR", options->folder, "Folder of the runs to list")->default_str("runs");
    parser->add_flag("--json", options->as_json, "Print one JSON document");
    CLI::App* compare_parser = add_compare(*parser, *options);
    CLI::App* tail_parser = add_tail(*parser, *options);
    CLI::App* watch_parser = add_watch(*parser, *options);
    CLI::App* tensorboard_parser = add_tensorboard(*parser, *options);
    CLI::App* remove_parser = add_remove(*parser, *options);
    return {parser, [=] {
                if (tensorboard_parser->parsed()) {
                    return for_each_run(*options, write_events);
                }
                if (remove_parser->parsed()) {
                    return for_each_run(*options, [&](const std::string& folder) {
                        return remove_one(folder, options->is_dry_run);
                    });
                }
                return exit_code(compare_parser->parsed() ? compare(*options)
                                 : tail_parser->parsed()  ? tail(*options)
                                 : watch_parser->parsed() ? watch_run(options->run)
                                                          : list(*options),
                                 options->as_json);
            }};
}

}  // namespace trilby::cli
