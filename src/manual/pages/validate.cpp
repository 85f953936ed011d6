// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"

namespace trilby::manual {

Page validate_page() {
    return {
        .name = "trilby-validate",
        .number = 1,
        .title = {},
        .command = "trilby validate",
        .description =
            {"Proves that a device computes correctly and keeps its speed. Every check runs in a "
             "process of its own, computes with fresh random numbers, and compares each result "
             "with plain code on the host, with bounds that no right device can break.",
             "A check ends as pass, skip, not-run, out-of-memory, time-out, error, crash or fail. "
             "What did not run is never a pass: the whole has passed only if every check passed or "
             "does not apply to the device. What fails is run again with the same seed and with "
             "another, and reported with the place and the bits that are wrong, and with the "
             "command that repeats it.",
             "Speeds must last, and fit the hardware as 'trilby probe' describes it. Meanwhile the "
             "device's clock, temperature and counters of errors are watched where the system "
             "shows "
             "them: an error that is counted while a check runs makes it fail.",
             "--compare sets the result beside one from before; --with sets two results beside "
             "each "
             "other.",
             "--self-test measures the checks themselves: it injects faults into results, and "
             "prints how many of each kind were noticed, and how often a check without a fault "
             "complained."},
        .sections = {},
        .success = "every check passed, or does not apply; or the self-test has run",
        .exits = {{ErrorCode::failed,
                   "a check failed, not everything could be checked, a comparison shows that "
                   "something is worse, or a self-test found nothing to inject a fault into"},
                  {ErrorCode::internal, ""},
                  {ErrorCode::usage,
                   "the command line is wrong, or there is no check, device or backend of that "
                   "name"},
                  {ErrorCode::bad_data, "a configuration file or a result to compare is wrong"},
                  {ErrorCode::no_input, "a result to compare cannot be read"},
                  {ErrorCode::unavailable,
                   "no backend can be used, or not the one that was asked for"},
                  {ErrorCode::cannot_create, "a file for the result cannot be made"},
                  {ErrorCode::io, ""},
                  {ErrorCode::interrupted, "interrupted; the checks that ended are reported"}},
        .environment = {backend_variable(),
                        backend_folder_variable(),
                        {"OMP_NUM_THREADS",
                         "The number of CPU threads, if --threads is not given."},
                        color_variable()},
        .files = {user_configuration(), system_configuration()},
        .examples = {
            {"trilby validate", "check the device in half a minute"},
            {"trilby validate --level 2 --html result.html",
             "check it in three minutes, and write a page with plots"},
            {"trilby validate --junit result.xml", "write what continuous integration reads"},
            {"trilby validate --level 2 --json --summary page.txt >result.json",
             "write a page to be signed, and the result that it names"},
            {"trilby validate --level 2 --compare result.json",
             "see whether anything is worse than before"},
            {"trilby validate --check matmul --budget 3600", "multiply matrices for an hour"},
            {"trilby validate --self-test --level 1 --trials 10",
             "measure what the checks notice"}}};
}

}  // namespace trilby::manual
