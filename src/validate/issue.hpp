// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a check of the machine's state found: a counter, a missing card, a fact that is not known.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "validate/check_report.hpp"

namespace trilby::validate {

/// From mildest to worst.
enum class IssueKind : std::uint8_t {
    unknown,  ///< could not be read, so that nothing is known about it
    warning,  ///< needs attention, but the device may work
    failure,  ///< the device must not get work
};

/// "unknown", "warning", "failure".
[[nodiscard]] std::string_view issue_kind_name(IssueKind kind);

struct Issue {
    IssueKind kind = IssueKind::failure;
    std::string where;     ///< the part of the machine and the fact
    std::string found;     ///< or why it could not be read
    std::string expected;  ///< empty if nothing is expected
    std::string remedy;    ///< an imperative; empty if there is nothing to do
};

/// "WHERE: found FOUND, expected EXPECTED".
[[nodiscard]] std::string sentence(const Issue& issue);

/// The facts that a check judges.
class Judgment {
  public:
    /// A fact that is as it should be.
    void accept() { ++accepted_; }
    void add(Issue issue) { issues_.push_back(std::move(issue)); }
    /// Adds the issue if the fact is not as it should be.
    void expect(bool holds, Issue issue);

    /// The worst first.
    [[nodiscard]] std::vector<Issue> issues() const;
    /// The verdict is `fail` after a failure, and `skip` if no fact is known.
    [[nodiscard]] CheckReport report() const;

  private:
    std::uint64_t accepted_ = 0;
    std::vector<Issue> issues_;
};

}  // namespace trilby::validate
