// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The description of the doctor's diagnosis and of the selection of a backend.

#pragma once

#include "base/describe.hpp"
#include <trilby/doctor.hpp>
#include <trilby/selection.hpp>

namespace trilby {

TRILBY_DESCRIBE_ENUM(Severity, '_', blocks, degrades, hint)
TRILBY_DESCRIBE_ENUM(Place, '_', here, host)
TRILBY_DESCRIBE(Finding, id, family, severity, title, evidence, why, remedy, place)
TRILBY_DESCRIBE(UnreadFacts, name, reason, families)
TRILBY_DESCRIBE(Diagnosis, findings, consequences, unread)
TRILBY_DESCRIBE(Explanation::SystemRemedy, system, steps)
TRILBY_DESCRIBE(Explanation, id, family, severity, title, why, details, remedies)

TRILBY_DESCRIBE_ENUM(Answer, '_', met, missed, unknown)
TRILBY_DESCRIBE(Requirement, id, answer, evidence, hint)

}  // namespace trilby
