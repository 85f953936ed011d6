// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <vector>

#include "base/backends.hpp"
#include "base/json.hpp"
#include "base/presence.hpp"
#include "base/print.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "builder/build.hpp"
#include "builder/store.hpp"
#include "cli/command.hpp"
#include "cli/option_text.hpp"
#include "cli/output_style.hpp"
#include "install/folders.hpp"
#include "platform/atomic_file.hpp"
#include "platform/created_folders.hpp"
#include "platform/temporary_folder.hpp"
#include "report/error.hpp"
#include "report/layout.hpp"
#include <trilby/selection.hpp>

namespace trilby::cli {
namespace {

using std::filesystem::path;

struct BackendOptions {
    std::string torch;
    std::string name;
    std::optional<std::int64_t> jobs;
    bool with_library = false;
    bool all_users = false;
    bool as_json = false;

    [[nodiscard]] builder::Owner owner() const {
        return all_users ? builder::Owner::site : builder::Owner::user;
    }
};

void say(const std::string& line) {
    print("{}\n", line);
    std::fflush(stdout);
}

Result<builder::LibTorchFolder> choose_libtorch(const BackendOptions& options,
                                                const Machine& machine) {
    return options.torch.empty() ? builder::libtorch_of(machine)
                                 : builder::libtorch_in(options.torch);
}

/// $XDG_CACHE_HOME/trilby. A build may be too large for a /tmp in memory, where other users could
/// also create a folder of that name first.
Result<path> cache_folder() {
    const path cache = install::user_cache_folder();
    if (cache.empty()) {
        return failure(ErrorCode::unavailable, "neither XDG_CACHE_HOME nor HOME is set",
                       "set HOME");
    }
    TRILBY_CHECK(platform::make_directories(cache));
    return cache;
}

/// Reports a folder that cannot be written before anything is compiled.
Result<platform::CreatedFolders> create_writable(const path& folder, builder::Owner owner) {
    auto made = platform::CreatedFolders::create(folder);
    const auto trial = platform::AtomicFile::create(folder / "trial");  // temporary
    if (made && trial) {
        return made;
    }
    Error why = made ? trial.error() : made.error();
    if (owner == builder::Owner::site) {
        why.hint = "run it as root, or leave out --all-users";
    }
    return std::unexpected(why);
}

/// A compiler may need two gigabytes for a file that includes LibTorch.
std::int64_t default_jobs(const Machine& machine) {
    constexpr std::uint64_t bytes_each = std::uint64_t{2} << 30;
    const std::int64_t cpus = machine.cpu.usable_cpus.value_or(1);
    const auto fit =
        static_cast<std::int64_t>(machine.memory.available_bytes.value_or(bytes_each) / bytes_each);
    return std::clamp<std::int64_t>(fit, 1, cpus);
}

/// Every build starts a new log.
Result<path> new_log(const path& cache) {
    path log = cache / "backend-build.log";
    TRILBY_CHECK(platform::write_file_atomically(log, ""));
    return log;
}

std::unexpected<Error> report_command(const builder::CommandFailure& failure, const path& log) {
    if (failure.error.code != ErrorCode::interrupted && !failure.last_output.empty()) {
        print_to(stderr, SafeText::quoted_lines(failure.last_output));
    }
    Error error = failure.error;
    const std::string where = fmt::format("the whole log is '{}'", log.string());
    error.hint = error.hint.empty() ? where : fmt::format("{}; {}", error.hint, where);
    return std::unexpected(error);
}

void say_what_is_built(const builder::LibTorchFolder& libtorch,
                       const builder::Toolchain& toolchain) {
    say(fmt::format("backend   {}", libtorch.flavour));
    say(fmt::format("LibTorch  {}", libtorch.libraries.string()));
    if (!toolchain.compiler.empty()) {
        say(fmt::format("compiler  {}", toolchain.compiler.string()));
    }
}

/// Installs the training library, and says how programs find it.
Result<void> add_library(const path& built, builder::Owner owner) {
    TRILBY_TRY(folder, builder::library_folder(owner));
    TRILBY_CHECK(builder::install_library(built, folder, owner));
    say(fmt::format("the training library is in {}", folder.string()));
    say(fmt::format("build programs with: cmake -B build -DCMAKE_PREFIX_PATH={}",
                    shell_word(folder.string())));
    return {};
}

/// Compiles, tests and installs a module.
Result<void> build(const BackendOptions& options) {
    const Machine machine = probe();
    TRILBY_TRY(folder, builder::store_folder(options.owner()));
    TRILBY_TRY(libtorch, choose_libtorch(options, machine));
    TRILBY_TRY(toolchain, builder::find_toolchain(libtorch.flavour));
    platform::InterruptWatch interrupts;  // first: nothing may stay after Ctrl-C
    TRILBY_TRY(store, create_writable(folder, options.owner()));
    TRILBY_TRY(cache, cache_folder());
    TRILBY_TRY(work, platform::TemporaryFolder::create("trilby", cache));
    TRILBY_TRY(log, new_log(cache));

    say_what_is_built(libtorch, toolchain);
    const auto built =
        builder::build_module({.libtorch = libtorch,
                               .toolchain = toolchain,
                               .work_folder = work.path(),
                               .log = log,
                               .jobs = options.jobs.value_or(default_jobs(machine)),
                               .with_library = options.with_library,
                               .interrupts = &interrupts,
                               .on_step = [](const std::string& step) { say(step + " ..."); }});
    if (!built) {
        return report_command(built.error(), log);
    }
    say("testing it ...");
    TRILBY_TRY(trial, builder::try_module(
                          built->module / fmt::format("trilby-backend-{}.so", libtorch.flavour),
                          &interrupts));
    TRILBY_CHECK(
        builder::install_module(libtorch.flavour, built->module, store.path(), options.owner()));
    say(trial.has_run
            ? "it computes the known answer"
            : fmt::format("it loads; there was no device to compute on: {}", trial.message));
    say(fmt::format("installed for {} in {}", builder::owner_name(options.owner()),
                    folder.string()));
    return options.with_library ? add_library(built->library, options.owner()) : Result<void>();
}

int run_build(const BackendOptions& options) {
    // If the reader of the output exits, the build ends and cleans up as after any other error.
    std::signal(SIGPIPE, SIG_IGN);
    const auto done = build(options);
    return done ? 0 : report::print_error(done.error(), false);
}

json::object to_json(const InstalledBackend& backend) {
    const path folder = path(backend.path).parent_path();
    json::object described{{"name", backend.name},
                           {"manifest", backend.path},
                           {"owner", builder::owner_name(builder::owner_of(folder))}};
    if (!backend.manifest) {
        described["problem"] = backend.manifest.error().message;
        return described;
    }
    described["version"] = backend.manifest->version;
    described["libtorch"] = backend.manifest->libtorch;
    const auto& targets = backend.manifest->gpu_targets;
    described["gpu_targets"] = json::array(targets.begin(), targets.end());
    return described;
}

SafeText to_text(const InstalledBackend& backend, const report::Style& style) {
    const path folder = path(backend.path).parent_path();
    SafeText text = report::bold(backend.name, style) + "\n";
    text += report::row("  where", folder.string(), style);
    text += report::row("  owner", builder::owner_name(builder::owner_of(folder)), style);
    if (!backend.manifest) {
        return text + report::row("  problem", backend.manifest.error().message, style);
    }
    return text + report::row("  version",
                              fmt::format("{}, for LibTorch {}", backend.manifest->version,
                                          backend.manifest->libtorch),
                              style);
}

int run_list(const BackendOptions& options) {
    const BackendFolder installed = installed_backends();
    if (!installed && installed.presence() != Presence::absent) {
        return report::print_error(
            {ErrorCode::no_input,
             fmt::format("the modules in {} cannot be listed: it {}", installed.source(),
                         why_missing(installed.presence())),
             {}},
            options.as_json);
    }
    json::array documents;
    for (const InstalledBackend& backend : installed.value_or({})) {
        if (options.as_json) {
            documents.push_back(to_json(backend));
        } else {
            print(to_text(backend, output_style()));
        }
    }
    if (options.as_json) {
        print(json_text({{"schema", 1}, {"modules", std::move(documents)}}));
    } else if (installed.value_or({}).empty()) {
        print("No module is in {}.\n", installed.source());
    }
    return 0;
}

Result<path> remove(const BackendOptions& options) {
    TRILBY_TRY(folder, builder::store_folder(options.owner()));
    TRILBY_CHECK(builder::remove_module(options.name, folder));
    return folder;
}

int run_remove(const BackendOptions& options) {
    const auto folder = remove(options);
    if (!folder) {
        return report::print_error(folder.error(), false);
    }
    say(fmt::format("removed {} from {}", options.name, folder->string()));
    return 0;
}

}  // namespace

Command backend_command(CLI::App& trilby) {
    constexpr std::int64_t most_jobs = 1024;
    auto options = std::make_shared<BackendOptions>();
    CLI::App* parser =
        trilby.add_subcommand("backend", "Build, list and remove backends for your own LibTorch");
    parser->require_subcommand(1);

    CLI::App* build = parser->add_subcommand(
        "build", "Compile the module for your LibTorch, test it and install it");
    build
        ->add_option(
            "--torch", options->torch,
            "LibTorch to build for, instead of the first one found: an unpacked archive, a "
            "wheel's folder, or the virtual environment that holds it")
        ->type_name("DIR");
    build->add_option("--jobs", options->jobs, "Number of files to compile at once")
        ->default_str("as many as CPUs and memory allow")
        ->transform(whole_number(1, most_jobs))
        ->type_name("N");

    build->add_flag("--library", options->with_library,
                    "Also build the library for programs that train (docs/training-library.md)");

    CLI::App* list =
        parser->add_subcommand("list", "Show the installed modules and where they are");
    list->add_flag("--json", options->as_json, "Print one JSON document");

    CLI::App* remove = parser->add_subcommand("remove", "Remove a module that you built");
    std::vector<std::string> names;
    for (const BackendIdentity& backend : known_backends()) {
        names.emplace_back(backend.name);
    }
    remove->add_option("BACKEND", options->name, "Backend to remove")
        ->required()
        ->check(one_of(names));

    for (CLI::App* changes : {build, remove}) {
        changes->add_flag("--all-users", options->all_users,
                          "Do it for all users of this system; needs root");
    }
    return {parser, [options, build, list] {
                if (build->parsed()) {
                    return run_build(*options);
                }
                return list->parsed() ? run_list(*options) : run_remove(*options);
            }};
}

}  // namespace trilby::cli
