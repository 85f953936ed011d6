// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Selects the steps that fix a condition on a machine.

#pragma once

#include "doctor/facts.hpp"
#include "doctor/page.hpp"
#include "doctor/steps.hpp"
#include <trilby/doctor.hpp>

namespace trilby::doctor {

/// In a container, the image's system selects the steps of a condition that is fixed there. For a
/// condition that is fixed on the host, the host's system selects them if it is known; else the
/// user is told to run Trilby on the host.
[[nodiscard]] Steps remedy_of(const Page& page, Place place, const Facts& facts);

}  // namespace trilby::doctor
