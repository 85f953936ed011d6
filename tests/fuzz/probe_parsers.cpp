// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Fuzzes single parsers of the probe. The first byte of an input selects the parser.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "made_tree.hpp"
#include "platform/recording.hpp"
#include "probe/hardware/cpu_list.hpp"
#include "probe/hardware/pci_names.hpp"
#include "probe/runtimes/runtimes.hpp"
#include "recording/identifiers.hpp"
#include "recording/known_words.hpp"
#include "recording/redaction.hpp"
#include "report/machine_json.hpp"
#include "report/text.hpp"
#include "support/temporary_folder.hpp"

using namespace trilby;

namespace {

void check(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check_runtimes(std::string_view text) {
    const auto runtimes = sources::parse_runtimes(text);
    if (!runtimes) {
        return;
    }
    Machine machine;
    machine.runtimes = Observed<std::vector<Runtime>>::present(*runtimes, "runtimes");
    static_cast<void>(report::to_text(machine, {}));
    const std::string document = json::serialize(report::to_json(machine));
    check(json::parse(document, "machine").has_value());
}

void check_notes(std::string_view text) {
    if (const auto notes = platform::parse_recording_notes(text, "input")) {
        const std::string written = to_json(*notes);
        const auto again = platform::parse_recording_notes(written, "written");
        check(again && to_json(*again) == written);
    }
}

bool is_hex(char c) {
    return std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos;
}

void check_words(std::string_view text) {
    const std::string words = recording::Redaction({}).words(text);
    check(std::ranges::count(words, '\n') == std::ranges::count(text, '\n'));
}

bool contains_word(std::string_view text, std::string_view name) {
    using recording::is_in_word;
    for (std::size_t at = text.find(name); at != std::string_view::npos;
         at = text.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        if ((at == 0 || !is_in_word(text[at - 1])) &&
            (end == text.size() || !is_in_word(text[end]))) {
            return true;
        }
    }
    return false;
}

/// The first line of the input is the name of a person, the rest is text to redact.
void check_names(std::string_view input) {
    const std::string name(input.substr(0, input.find('\n')));
    const std::string_view text = input.substr(std::min(name.size() + 1, input.size()));
    const std::string out = recording::Redaction({name}).prose(text);
    // A name of hexadecimal digits may also be a part of an address that is kept.
    const bool must_vanish = !name.empty() && std::ranges::all_of(name, recording::is_in_word) &&
                             !recording::is_known_word(name) && !std::ranges::all_of(name, is_hex);
    check(!must_vanish || !contains_word(out, name));
}

void check_cpu_list(std::string_view text) {
    const std::string list(text);
    const auto numbers = sources::parse_cpu_list(list);
    const auto count = sources::count_of_list(list);
    check(numbers.has_value() == count.has_value() && (!numbers || numbers->size() == *count));
}

/// The first four bytes are the ids of vendor and device, the rest is the name database.
void check_pci_names(std::string_view input) {
    if (input.size() < 4) {
        return;
    }
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(input[i]); };
    const sources::PciId id{.vendor = static_cast<std::uint16_t>(byte(0) << 8 | byte(1)),
                            .device = static_cast<std::uint16_t>(byte(2) << 8 | byte(3))};
    static const testing::TemporaryFolder folder;
    MadeTree tree(folder / "tree");
    tree.file("/usr/share/misc/pci.ids", input.substr(4), S_IRUSR);
    const sources::PciNames names(platform::FileTree(folder / "tree"), std::array{id});
    check(!names.vendor(id) || !names.vendor(id)->empty());
    check(!names.device(id) || !names.device(id)->empty());
}

constexpr std::array checks{check_runtimes, check_notes,    check_words,
                            check_names,    check_cpu_list, check_pci_names};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 0) {
        checks[data[0] % checks.size()]({reinterpret_cast<const char*>(data) + 1, size - 1});
    }
    return 0;
}
