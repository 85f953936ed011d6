// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Describes the records of check jobs, their reports and comparisons.

#pragma once

#include "base/describe.hpp"
#include "validate/bit_differences.hpp"
#include "validate/check_job.hpp"
#include "validate/comparison.hpp"
#include "validate/device_kind.hpp"
#include "validate/error_event.hpp"
#include "validate/issue.hpp"
#include "validate/library_blame.hpp"
#include "validate/machine_validation.hpp"
#include "validate/operation_trace.hpp"

namespace trilby::validate {

TRILBY_DESCRIBE_ENUM(Verdict, '-', pass, skip, not_run, out_of_memory, time_out, error, crash, fail)
TRILBY_DESCRIBE_ENUM(SkipReason, '-', not_applicable, not_supported, not_permitted)
TRILBY_DESCRIBE_ENUM(Persistence, '-', permanent, intermittent)
TRILBY_DESCRIBE_ENUM(Conclusion, '-', passed, incomplete, failed)
TRILBY_DESCRIBE_ENUM(DeviceKind, '-', cpu, card, mig_instance, partition, virtual_function)
TRILBY_DESCRIBE_ENUM(Scope, '-', device, machine)
TRILBY_DESCRIBE_ENUM(IssueKind, '-', unknown, warning, failure)

TRILBY_DESCRIBE(CheckParams, check, device, threads, seed, seconds, memory_bytes, fault, trace,
                round, halvings, devices)
TRILBY_DESCRIBE(CheckProgress, type, progress, rounds, values_compared)

TRILBY_DESCRIBE(Operation, text, round, draws)
TRILBY_DESCRIBE(LibraryBlame, library, version, defect, page, variable, value, failure)

TRILBY_DESCRIBE(Mismatch, where, expected, found, expected_bits, found_bits)
TRILBY_DESCRIBE(Measurement, name, unit, value, basis, least, unshared)
TRILBY_DESCRIBE(Series, name, x_label, y_label, points)
TRILBY_DESCRIBE(AmountOfWork, unit, amount)
TRILBY_DESCRIBE(RoundDigest, round, inputs, results)
TRILBY_DESCRIBE(CheckReport, verdict, message, rounds, values_compared, values_wrong, mismatches,
                covered, lacking, measurements, telemetry, series, faults_injected, skip_reason,
                work, digests)

TRILBY_DESCRIBE(ErrorEvent, counter, before, count, origin, meaning, remedy)
TRILBY_DESCRIBE(Issue, kind, where, found, expected, remedy)

TRILBY_DESCRIBE(Outlier, device, check, name, unit, value, usual, compared)
TRILBY_DESCRIBE(ComparedBits, rounds, devices)
TRILBY_DESCRIBE(BitDifference, devices, check, round, rounds, rounds_compared, devices_compared,
                other, replay)
TRILBY_DESCRIBE(SpeedAlone, device, check, name, unit, together, alone)
TRILBY_DESCRIBE(PeerLink, from, to, gigabytes_per_second, was_alone)
TRILBY_DESCRIBE(UnseenCard, address, message, remedy)

TRILBY_DESCRIBE(MeasurementChange, name, unit, before, after, is_worse, is_noisy)

}  // namespace trilby::validate
