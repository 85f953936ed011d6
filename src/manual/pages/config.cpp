// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"

namespace trilby::manual {

Page config_page() {
    return {
        .name = "trilby-config",
        .number = 5,
        .title = "settings of Trilby",
        .command = {},
        .description = {"Trilby needs no settings. Those that are wanted are written in TOML, by "
                        "hand. What the "
                        "user's file leaves open, the system's file says.",
                        "A key that is not known and a value of a wrong type are errors, with "
                        "their place: exit "
                        "code 65."},
        .sections =
            {{"KEYS",
              {},
              {{"backend",
                "A string, `cuda`, `rocm` or `cpu`: the backend to use instead of the first that "
                "can be used. If it cannot be used, that is an error; no other one takes its "
                "place. --backend and TRILBY_BACKEND go before it."}}}},
        .success = {},
        .exits = {},
        .environment = {backend_variable()},
        .files = {user_configuration(), system_configuration()},
        .examples = {{"backend = \"cpu\"", "always compute on the CPU"}}};
}

}  // namespace trilby::manual
