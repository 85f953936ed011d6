// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Compares the machines of tests/machines value by value: as they are, recorded again, and with
/// each kind of file broken in turn.

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "base/read_json.hpp"
#include "base/text.hpp"
#include "machine/describe.hpp"
#include "report/machine_json.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"
#include <trilby/probe.hpp>

namespace trilby::report {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

/// Every number, text and boolean of a document by its path: "cpu.cores.value".
using Values = std::map<std::string, json::value>;

void flatten(const json::value& document, const std::string& path, Values& values) {
    if (const json::object* object = document.if_object()) {
        for (const auto& [key, member] : *object) {
            flatten(member, fmt::format("{}.{}", path, std::string_view(key)), values);
        }
    } else if (const json::array* array = document.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i) {
            flatten((*array)[i], fmt::format("{}[{}]", path, i), values);
        }
    } else {
        values[path] = document;
    }
}

Values values_of(const json::value& document) {
    Values values;
    flatten(document, "", values);
    return values;
}

Values probe_values(const fs::path& root) {
    return values_of(to_json(probe({.root = root})));
}

/// Without the devices of unknown class, which the whole machine may not list.
Values values_of_broken(const fs::path& root) {
    Machine machine = probe({.root = root});
    if (machine.pci_devices) {
        std::vector<PciDevice> devices = *machine.pci_devices;
        std::erase_if(devices, [](const PciDevice& device) { return !device.class_code; });
        machine.pci_devices = Observed<std::vector<PciDevice>>::present(
            std::move(devices), machine.pci_devices.source());
    }
    return values_of(to_json(machine));
}

/// "path: a, expected b" for what differs.
std::vector<std::string> differences(const Values& found, const Values& expected) {
    const auto text = [](const Values& values, const std::string& path) {
        const auto value = values.find(path);
        return value == values.end() ? std::string("nothing") : json::serialize(value->second);
    };
    std::vector<std::string> lines;
    Values all = found;
    all.insert(expected.begin(), expected.end());
    for (const auto& [path, value] : all) {
        if (text(found, path) != text(expected, path)) {
            lines.push_back(
                fmt::format("{}: {}, expected {}", path, text(found, path), text(expected, path)));
        }
    }
    return lines;
}

class MadeMachines : public ::testing::TestWithParam<std::string> {
  protected:
    [[nodiscard]] static fs::path folder() { return testing::made_machines() / GetParam(); }
    [[nodiscard]] static fs::path tree() { return folder() / "tree"; }
};

TEST_P(MadeMachines, AreAsExpected) {
    const auto expected =
        json::parse(testing::read_file(folder() / "expected.json"), "expected.json");
    ASSERT_TRUE(expected) << expected.error().message;
    for (const std::string& line : differences(probe_values(tree()), values_of(*expected))) {
        ADD_FAILURE() << line;
    }
}

/// A recording replaces the words that it does not know.
bool is_replaced(const std::string& difference) {
    return difference.find("redacted") != std::string::npos;
}

TEST_P(MadeMachines, AreTheSameWhenRecordedUpToReplacedWords) {
    const TemporaryFolder copy;
    const auto captured = capture(copy / "recorded", {.root = tree()});
    ASSERT_TRUE(captured) << captured.error().message;
    for (const std::string& line :
         differences(probe_values(copy / "recorded"), probe_values(tree()))) {
        EXPECT_TRUE(is_replaced(line)) << line;
    }
}

TEST_P(MadeMachines, AreTheSameWhenReadBack) {
    const json::object document = to_json(probe({.root = tree()}));
    const auto text = json::parse_object(json::serialize(document), "machine");
    const auto machine = json::from_json<Machine>(text.value(), "machine");
    ASSERT_TRUE(machine) << machine.error().message;
    EXPECT_EQ(json::serialize(to_json(*machine)), json::serialize(document));
}

/// Contents of broken files.
const std::array<std::string, 5> faults{"", std::string("\x00\xff\x1b[31m\x80:\n\t\x7f", 11),
                                        "99999999999999999999999999\n",
                                        "-99999999999999999999999999\n", std::string(300'000, '1')};

/// A path without its digits, so that "gpus[12].link" and "gpus[3].link" are equal.
std::string without_digits(std::string text) {
    std::erase_if(text, [](unsigned char letter) { return std::isdigit(letter) != 0; });
    return text;
}

/// Numbers by their path without list indices, which change if an element is left out.
using Numbers = std::set<std::pair<std::string, std::string>>;

Numbers numbers_of(const Values& values) {
    Numbers numbers;
    for (const auto& [path, value] : values) {
        if (value.is_number()) {
            numbers.emplace(without_digits(path), json::serialize(value));
        }
    }
    return numbers;
}

/// Numbers that the whole machine does not have.
std::vector<std::string> wrong_numbers(const Numbers& found, const Numbers& right) {
    std::vector<std::string> wrong;
    for (const auto& number : found) {
        if (!right.contains(number)) {
            wrong.push_back(fmt::format("{} is {}", number.first, number.second));
        }
    }
    return wrong;
}

/// The first and the last regular file of each kind: 64 partitions have the same files 64 times.
std::set<fs::path> files_of_each_kind(const fs::path& folder) {
    std::map<std::string, std::pair<fs::path, fs::path>> kinds;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && !entry.is_symlink()) {
            const fs::path& file = entry.path();
            auto& [first, last] =
                kinds.try_emplace(without_digits(file.lexically_relative(folder)), file, file)
                    .first->second;
            first = std::min(first, file);
            last = std::max(last, file);
        }
    }
    std::set<fs::path> files;
    for (const auto& [kind, ends] : kinds) {
        files.insert({ends.first, ends.second});
    }
    return files;
}

/// With sanitizers a probe takes eight times as long, so there only some of the files are broken.
#ifdef TRILBY_SANITIZED
constexpr std::size_t one_file_of = 16;
#else
constexpr std::size_t one_file_of = 1;
#endif

/// The file is empty where no control groups are mounted: there is no limit.
bool is_valid(const fs::path& file, const std::string& content) {
    return content.empty() && file.native().ends_with("/proc/self/cgroup");
}

TEST_P(MadeMachines, GiveNoWrongNumberIfAFileIsBroken) {
    const TemporaryFolder copy;
    fs::copy(tree(), copy / "tree", fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    const Numbers right = numbers_of(probe_values(copy / "tree"));
    // One fault for each file: all machines together have every file with every fault.
    std::size_t number = std::hash<std::string>()(GetParam());
    for (const fs::path& file : files_of_each_kind(copy / "tree")) {
        const std::string content = testing::read_file(file);
        const std::string& fault = faults[++number % faults.size()];
        if (number % one_file_of != 0 || is_valid(file, fault)) {
            continue;
        }
        std::ofstream(file, std::ios::binary | std::ios::trunc) << fault;
        const Numbers found = numbers_of(values_of_broken(copy / "tree"));
        for (const std::string& wrong : wrong_numbers(found, right)) {
            ADD_FAILURE() << file.lexically_relative(copy.path()) << " as '" << printable(fault, 40)
                          << "': " << wrong;
        }
        std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
    }
}

std::vector<std::string> machine_names() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(testing::made_machines())) {
        if (entry.is_directory()) {
            names.push_back(entry.path().filename().string());
        }
    }
    std::ranges::sort(names);
    return names;
}

INSTANTIATE_TEST_SUITE_P(All, MadeMachines, ::testing::ValuesIn(machine_names()),
                         [](const auto& made) {
                             std::string name = made.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace trilby::report
