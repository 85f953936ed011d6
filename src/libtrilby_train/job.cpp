// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/job.hpp"

#include <new>

#include "backends/torch/runtime.hpp"
#include "base/print.hpp"
#include "base/text.hpp"

namespace trilby {
namespace {

int print_error(const std::string& program, const Error& error) {
    constexpr std::size_t limit_bytes = 4096;
    print_to(stderr, "{}: error: {}\n", program, one_line(error.message, limit_bytes));
    if (!error.hint.empty()) {
        print_to(stderr, "{}: hint: {}\n", program, one_line(error.hint, limit_bytes));
    }
    return static_cast<int>(error.code);
}

}  // namespace

Job::Job(int argc, const char* const* argv) {
    ProgramOptions options = parse_command_line(argc, argv);
    StartedDevice device = value_of(start_device(options));
    torch::manual_seed(static_cast<std::uint64_t>(options.seed));
    content_ = std::make_unique<Content>(std::move(options), std::move(device));
}

Job::~Job() = default;

std::filesystem::path Job::data(const std::filesystem::path& otherwise) const {
    return content_->options.data.value_or(otherwise.string());
}

torch::Device Job::device() const {
    return content_->device.torch;
}

int run(int argc, const char* const* argv, const std::function<void(Job&)>& body) {
    const std::string program = program_name(argc, argv);
    try {
        Job job(argc, argv);
        body(job);
        return 0;
    } catch (const Exception& exception) {
        return print_error(program, exception.error());
    } catch (const std::bad_alloc&) {
        return print_error(program, {ErrorCode::io, "not enough memory",
                                     "close other programs, or use a smaller batch"});
    } catch (const std::exception& exception) {
        return print_error(
            program, {ErrorCode::failed, backends::explain_exception(exception), std::string()});
    } catch (...) {
        return print_error(
            program, {ErrorCode::failed, "the program threw something that is not a std::exception",
                      "throw a class derived from std::exception"});
    }
}

}  // namespace trilby
