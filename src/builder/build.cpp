// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/build.hpp"

#include <fmt/format.h>
#include <vector>

#include "install/folders.hpp"
#include "platform/environment.hpp"
#include "worker/client.hpp"
#include "worker/contract.hpp"

namespace trilby::builder {
namespace {

using std::filesystem::path;

constexpr auto configure_limit = std::chrono::minutes(10);
constexpr auto compile_limit = std::chrono::hours(2);
constexpr auto install_limit = std::chrono::minutes(5);

std::string define(std::string_view name, std::string_view value) {
    return fmt::format("-D{}={}", name, value);
}

std::string upper(std::string text) {
    for (char& letter : text) {
        letter = static_cast<char>(letter - 'a' + 'A');
    }
    return text;
}

struct Step {
    std::string what;
    std::vector<std::string> arguments;  ///< of cmake
    std::chrono::milliseconds limit;
};

std::vector<std::string> configure_arguments(const BuildOptions& options, const path& build,
                                             const path& stage) {
    std::vector<std::string> arguments{"-S",
                                       options.toolchain.source.string(),
                                       "-B",
                                       build.string(),
                                       define("CMAKE_BUILD_TYPE", "Release"),
                                       define("CMAKE_INSTALL_PREFIX", stage.string()),
                                       define("CMAKE_INSTALL_LIBDIR", "lib"),
                                       define("BUILD_TESTING", "OFF"),
                                       define("TRILBY_FETCH", "OFF"),
                                       define("TRILBY_ENGINES", ""),
                                       define("TRILBY_BACKEND_CPU", "OFF"),
                                       define("LibTorch_ROOT", options.libtorch.root.string())};
    arguments.push_back(define("TRILBY_BACKEND_" + upper(options.libtorch.flavour), "ON"));
    if (!platform::find_program("ninja").empty()) {
        arguments.emplace_back("-GNinja");
    }
    if (const path& compiler = options.toolchain.compiler; !compiler.empty()) {
        arguments.push_back(
            define("TRILBY_" + upper(options.libtorch.flavour) + "_COMPILER", compiler.string()));
    }
    return arguments;
}

Step compile(const BuildOptions& options, const path& build) {
    std::vector<std::string> arguments{"--build",    build.string(),
                                       "--parallel", std::to_string(options.jobs),
                                       "--target",   "trilby-backend-" + options.libtorch.flavour};
    if (options.with_library) {
        arguments.emplace_back("trilby_train_shared");
    }
    return {"compiling, which takes a few minutes", std::move(arguments), compile_limit};
}

Step gather(const path& build, const std::string& component, const path& into) {
    return {"gathering " + component,
            {"--install", build.string(), "--component", component, "--prefix", into.string()},
            install_limit};
}

std::vector<Step> steps_of(const BuildOptions& options, const path& build, const Built& built) {
    std::vector<Step> steps{{"checking compilers and libraries",
                             configure_arguments(options, build, built.module), configure_limit},
                            compile(options, build),
                            gather(build, "backend-" + options.libtorch.flavour, built.module)};
    if (options.with_library) {
        for (const char* component : {"libs", "devel", "train", "train-devel"}) {
            steps.push_back(gather(build, component, built.library));
        }
    }
    return steps;
}

Result<Trial> trial_of(const worker::Failure& failure) {
    if (failure.outcome == worker::Outcome::no_device) {
        return Trial{.has_run = false, .message = failure.error.message};
    }
    return std::unexpected(failure.error);
}

}  // namespace

std::expected<Built, CommandFailure> build_module(const BuildOptions& options) {
    const path build = options.work_folder / "build";
    Built built{.module = options.work_folder / "module",
                .library = options.with_library ? options.work_folder / "library" : path()};
    for (const Step& step : steps_of(options, build, built)) {
        options.on_step(step.what);
        const auto done =
            run_logged({.program = options.toolchain.cmake, .arguments = step.arguments},
                       options.log, {.total = step.limit, .interrupts = options.interrupts});
        if (!done) {
            return std::unexpected(done.error());
        }
    }
    built.module /= "lib/trilby/backends";
    return built;
}

Result<Trial> try_module(const path& module, platform::InterruptWatch* interrupts) {
    const worker::RequestOptions request{.interrupts = interrupts};
    auto worker = worker::Worker::start({.program = install::worker_program()});
    if (!worker) {
        return std::unexpected(worker.error().error);
    }
    if (const auto loaded = worker->load(module, request); !loaded) {
        return trial_of(loaded.error());
    }
    if (const auto known = worker::known_answer(*worker, module, 0, request); !known) {
        return trial_of(known.error());
    }
    return Trial{.has_run = true, .message = {}};
}

}  // namespace trilby::builder
