// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/exit_meaning.hpp"

namespace trilby::report {

std::string_view exit_meaning(ErrorCode code) {
    switch (code) {  // without a default, so that the compiler asks for a new code
        case ErrorCode::failed:
            return "the work was done or tried, and the answer is no";
        case ErrorCode::internal:
            return "a defect in Trilby itself";
        case ErrorCode::usage:
            return "the command line is wrong";
        case ErrorCode::bad_data:
            return "an input exists, but its content is wrong";
        case ErrorCode::no_input:
            return "an input is missing or may not be read";
        case ErrorCode::unavailable:
            return "no usable device, backend or network";
        case ErrorCode::cannot_create:
            return "an output cannot be created";
        case ErrorCode::io:
            return "reading or writing failed half-way";
        case ErrorCode::interrupted:
            return "interrupted";
    }
    return {};
}

}  // namespace trilby::report
