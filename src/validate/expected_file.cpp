// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/expected_file.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/backends.hpp"
#include "base/presence.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "machine/pci_address.hpp"
#include "platform/file_tree.hpp"
#include "toml/reader.hpp"
#include "toml/text.hpp"

namespace trilby::validate {
namespace {

constexpr std::int64_t format_version = 1;
constexpr std::size_t most_bytes = 1U << 20;
constexpr std::int64_t most_cards = 256;
constexpr std::int64_t most_threads = 4096;
constexpr double largest_number = 1e15;

/// Reads the keys that the table has; the others are not compared.
Facts read_facts(toml::Reader& reader, const toml::table& table, std::span<const FactKind> kinds) {
    Facts facts;
    for (const FactKind& kind : kinds) {
        const bool is_there = table.contains(kind.key);
        if (kind.is_number) {
            const double number = reader.number(kind.key, 0, largest_number, 0.0);
            if (is_there) {
                facts.emplace(kind.key, number);
            }
        } else {
            const std::string text = reader.text(kind.key, "");
            if (is_there) {
                facts.emplace(kind.key, text);
            }
        }
    }
    return facts;
}

Result<void> read_host(toml::Reader& root, Inventory& inventory) {
    const toml::table* table = root.optional_table("host");
    if (table == nullptr) {
        return {};
    }
    toml::Reader reader(*table, root.where(), "[host]");
    inventory.host = read_facts(reader, *table, host_facts());
    return reader.finish();
}

Result<void> read_drivers(toml::Reader& root, Inventory& inventory) {
    const toml::table* table = root.optional_table("drivers");
    if (table == nullptr) {
        return {};
    }
    toml::Reader reader(*table, root.where(), "[drivers]");
    for (const auto& [key, node] : *table) {
        inventory.drivers.emplace(key.str(), reader.text(key.str()));
    }
    return reader.finish();
}

Result<void> read_card(const toml::table& table, std::size_t number, std::string_view where,
                       Inventory& inventory) {
    toml::Reader reader(table, where, fmt::format("card {}", number));
    const std::int64_t count = reader.integer("count", 1, most_cards, 1);
    const Facts facts = read_facts(reader, table, card_facts());
    const toml::node* address = table.get(address_key);
    if (address != nullptr && address->is_string()) {
        const std::string& text = address->as_string()->get();
        if (!is_pci_address(text)) {
            reader.reject(*address, fmt::format("'{}' is '{}', expected an address such as "
                                                "'0000:1b:00.0'",
                                                address_key, printable(text, 64)));
        } else if (count != 1) {
            reader.reject(*address, fmt::format("there are {} cards at one address", count),
                          "remove 'address' or 'count'");
        }
    }
    TRILBY_CHECK(reader.finish());
    inventory.cards.insert(inventory.cards.end(), static_cast<std::size_t>(count), facts);
    return {};
}

Result<void> read_cards(toml::Reader& root, const toml::table& document, Inventory& inventory) {
    const std::int64_t count = root.integer("cards", 0, most_cards, 0);
    if (document.contains("cards")) {
        inventory.card_count = count;
    }
    if (!document.contains("card")) {
        return {};
    }
    const toml::array* cards = root.array("card");
    for (std::size_t i = 0; cards != nullptr && i < cards->size(); ++i) {
        if (i >= static_cast<std::size_t>(most_cards)) {
            root.reject((*cards)[i], fmt::format("has more than {} cards", most_cards));
        } else if (const toml::table* card = (*cards)[i].as_table()) {
            TRILBY_CHECK(read_card(*card, i + 1, root.where(), inventory));
        } else {
            root.reject((*cards)[i], "'card' has something that is not a table",
                        "write [[card]] above the keys of each card");
        }
    }
    return {};
}

/// The limits of one check, for the speeds that it measures.
Result<void> read_limits_of(toml::Reader& limits, const CheckInfo& check, SpeedLimits& into) {
    const toml::table* table = limits.optional_table(check.name);
    if (table == nullptr) {
        return {};
    }
    toml::Reader reader(*table, limits.where(), fmt::format("[limits.{}]", check.name));
    for (const Quantity* quantity : check.measures) {
        if (quantity != nullptr && is_speed(quantity->unit)) {
            const double least = reader.number(quantity->name, 0, largest_number, 0.0);
            if (table->contains(quantity->name)) {
                into.least[std::string(check.name)].emplace(quantity->name, least);
            }
        }
    }
    return reader.finish();
}

Result<void> read_limits(toml::Reader& root, SpeedLimits& into) {
    const toml::table* table = root.optional_table("limits");
    if (table == nullptr) {
        return {};
    }
    toml::Reader reader(*table, root.where(), "[limits]");
    std::vector<std::string_view> backends;
    for (const BackendIdentity& backend : known_backends()) {
        backends.push_back(backend.name);
    }
    into.backend = backends[reader.word("backend", backends)];
    into.threads = reader.integer("threads", 1, most_threads, 0);
    for (const CheckInfo& check : known_checks()) {
        const bool measures_speeds = std::ranges::any_of(check.measures, [](const Quantity* one) {
            return one != nullptr && is_speed(one->unit);
        });
        if (measures_speeds) {
            TRILBY_CHECK(read_limits_of(reader, check, into));
        }
    }
    return reader.finish();
}

Result<void> read_version(const toml::table& document, std::string_view where) {
    const toml::node* found = document.get("version");
    const bool is_ours =
        found != nullptr && found->is_integer() && found->as_integer()->get() == format_version;
    if (found == nullptr || is_ours || !found->is_integer()) {
        return {};  // the reader reports what is missing or mistyped
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: version is {}, expected {}", toml::place_of(*found, where),
                               found->as_integer()->get(), format_version),
                   "write the file again with 'trilby validate --write-expect'");
}

bool is_empty(const Expected& expected) {
    const Inventory& inventory = expected.inventory;
    return inventory.host.empty() && inventory.drivers.empty() && inventory.cards.empty() &&
           !inventory.card_count && expected.limits.backend.empty();
}

}  // namespace

Result<Expected> parse_expected(std::string_view text, std::string_view where) {
    TRILBY_TRY(document, toml::parse(text, where));
    TRILBY_CHECK(read_version(document, where));
    Expected expected{.file = std::string(where)};
    toml::Reader root(document, where, "expectations");
    root.integer("version", format_version, format_version);
    TRILBY_CHECK(read_host(root, expected.inventory));
    TRILBY_CHECK(read_drivers(root, expected.inventory));
    TRILBY_CHECK(read_cards(root, document, expected.inventory));
    TRILBY_CHECK(read_limits(root, expected.limits));
    TRILBY_CHECK(root.finish());
    if (is_empty(expected)) {
        return failure(ErrorCode::bad_data, fmt::format("{}: has nothing to compare", where));
    }
    return expected;
}

Result<Expected> read_expected(const std::filesystem::path& path) {
    constexpr std::string_view hint =
        "write such a file with 'trilby validate --write-expect FILE' on a good machine";
    const auto text =
        platform::FileTree().read(std::filesystem::absolute(path).string(), most_bytes);
    if (!text) {
        return failure(
            ErrorCode::no_input,
            fmt::format(
                "'{}' {}", printable(path.string(), 400),
                why_missing(text.presence(), fmt::format("is not a regular file of at most {} MiB",
                                                         most_bytes >> 20))),
            std::string(hint));
    }
    auto expected = parse_expected(*text, printable(path.string(), 400));
    if (!expected && expected.error().hint.empty()) {
        expected.error().hint = hint;
    }
    return expected;
}

bool has_lanes(const Expected& expected) {
    const std::vector<Facts>& cards = expected.inventory.cards;
    return !cards.empty() &&
           std::ranges::all_of(cards, [](const Facts& card) { return card.contains(lanes_key); });
}

void keep_limits_of(Expected& expected, const std::vector<PlannedCheck>& plan) {
    std::erase_if(expected.limits.least, [&](const auto& limits) {
        return std::ranges::none_of(
            plan, [&](const PlannedCheck& planned) { return planned.check->name == limits.first; });
    });
}

std::vector<Expectation> limits_of(const Expected& expected, const CheckInfo& check) {
    std::vector<Expectation> out;
    const auto limits = expected.limits.least.find(std::string(check.name));
    if (limits == expected.limits.least.end()) {
        return out;
    }
    for (const Quantity* quantity : check.measures) {
        if (quantity == nullptr) {
            continue;
        }
        if (const auto least = limits->second.find(std::string(quantity->name));
            least != limits->second.end()) {
            out.push_back({*quantity, least->second, std::nullopt, "limit in " + expected.file});
        }
    }
    return out;
}

namespace {

/// Compares the device and its settings with those that the limits are for.
void compare_subject(Judgment& judgment, const Expected& expected, const Subject& subject) {
    const SpeedLimits& limits = expected.limits;
    if (limits.backend.empty() || subject.backend.empty()) {
        return;
    }
    judgment.expect(limits.backend == subject.backend,
                    {.kind = IssueKind::failure,
                     .where = "backend of the limits",
                     .found = subject.backend,
                     .expected = limits.backend,
                     .remedy = fmt::format("validate with --backend {}, or remove [limits] from {}",
                                           limits.backend, expected.file)});
    if (limits.threads != 0 && !limits.least.empty()) {
        judgment.expect(
            limits.threads == subject.threads,
            {.kind = IssueKind::failure,
             .where = "CPU threads of the limits",
             .found = fmt::format("{}", subject.threads),
             .expected = fmt::format("{}", limits.threads),
             .remedy = fmt::format("validate with --threads {}, or remove 'threads' from {}",
                                   limits.threads, expected.file)});
    }
}

/// A demand that could not be compared is not met, but is not a difference either.
void demand_all(CheckReport& report, const std::vector<Issue>& issues) {
    const auto unknown = std::ranges::find(issues, IssueKind::unknown, &Issue::kind);
    if (report.verdict == Verdict::pass && unknown != issues.end()) {
        report.verdict = Verdict::skip;
        report.skip_reason = SkipReason::not_permitted;
        report.message = sentence(*unknown);
    }
}

}  // namespace

CheckResult check_inventory(const PlannedCheck& planned, const Expected& expected,
                            const Inventory& found, const Subject& subject) {
    Judgment judgment;
    compare(judgment, expected.inventory, found, expected.file);
    compare_subject(judgment, expected, subject);
    CheckResult result{
        .planned = planned, .report = judgment.report(), .issues = judgment.issues()};
    demand_all(result.report, result.issues);
    return result;
}

namespace {

std::string written(const FactKind& kind, const FactValue& value) {
    const std::string* text = std::get_if<std::string>(&value);
    if (text != nullptr) {
        return fmt::format("{} = {}\n", kind.key, toml::quoted(*text));
    }
    const double number = std::get<double>(value);
    if (kind.share == 1) {
        return fmt::format("{} = {}\n", kind.key, number);
    }
    return fmt::format("{} = {:.0f}  # at least; {:.0f} % of {}\n", kind.key,
                       std::floor(number * kind.share), 100 * kind.share, number);
}

std::string written(std::span<const FactKind> kinds, const Facts& facts) {
    std::string out;
    for (const FactKind& kind : kinds) {
        if (const auto fact = facts.find(kind.key); fact != facts.end()) {
            out += written(kind, fact->second);
        }
    }
    return out;
}

std::string written_drivers(const Inventory& inventory) {
    std::string out;
    for (const auto& [name, driver_version] : inventory.drivers) {
        out += fmt::format("{} = {}\n", toml::quoted(name), toml::quoted(driver_version));
    }
    return out.empty() ? out : "\n[drivers]\n" + out;
}

/// A number with four significant digits, but without an exponent.
std::string short_number(double value) {
    constexpr double all_digits_matter = 1000;
    return value < all_digits_matter ? fmt::format("{:.4g}", value) : fmt::format("{:.0f}", value);
}

/// The speeds of one check, as they are judged.
std::string written_limits(const CheckResult& result) {
    std::string out;
    for (const Quantity* quantity : result.planned.check->measures) {
        const auto& measured = result.report.measurements;
        const auto found = quantity == nullptr
                               ? measured.end()
                               : std::ranges::find(measured, quantity->name, &Measurement::name);
        if (found != measured.end() && is_speed(quantity->unit)) {
            const double reached = found->unshared.value_or(found->value);
            out += fmt::format("{} = {}  # {}; {:.0f} % of {}\n", toml::quoted(quantity->name),
                               short_number(share_of_speed * reached), quantity->unit,
                               100 * share_of_speed, short_number(reached));
        }
    }
    return out.empty() ? out : fmt::format("\n[limits.{}]\n{}", result.planned.check->name, out);
}

std::string written_limits(const Validation& validation) {
    std::string out;
    for (const CheckResult& result : validation.results) {
        out += written_limits(result);
    }
    const Subject& subject = validation.subject;
    return out.empty()
               ? out
               : fmt::format("\n# The least speeds.\n[limits]\nbackend = {}\nthreads = {}\n",
                             toml::quoted(subject.backend), subject.threads) +
                     out;
}

}  // namespace

std::string expected_text(const Inventory& inventory, const Validation& validation) {
    std::string out = fmt::format(
        "# What a machine should have, for 'trilby validate --expect'. Written at {}.\n"
        "# A key that is removed is not compared. Without 'address', a card may be in any slot.\n"
        "version = {}\n",
        validation.started, format_version);
    if (inventory.card_count) {
        out += fmt::format("cards = {}  # others than those below are differences\n",
                           *inventory.card_count);
    }
    out += "\n[host]\n" + written(host_facts(), inventory.host) + written_drivers(inventory);
    for (const Facts& card : inventory.cards) {
        out += "\n[[card]]\n" + written(card_facts(), card);
    }
    return out + written_limits(validation);
}

}  // namespace trilby::validate
