// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The pages of the manual: one file each in pages/.

#pragma once

#include <vector>

#include "manual/page.hpp"

namespace trilby::manual {

/// In the order in which they are listed; the first is that of `trilby`.
[[nodiscard]] std::vector<Page> all_pages();

[[nodiscard]] Page trilby_page();
[[nodiscard]] Page probe_page();
[[nodiscard]] Page backends_page();
[[nodiscard]] Page doctor_page();
[[nodiscard]] Page data_page();
[[nodiscard]] Page train_page();
[[nodiscard]] Page validate_page();
[[nodiscard]] Page backend_page();
[[nodiscard]] Page toolbox_page();
[[nodiscard]] Page config_page();

// What several pages say.
[[nodiscard]] Entry backend_variable();
[[nodiscard]] Entry backend_folder_variable();
[[nodiscard]] Entry color_variable();
[[nodiscard]] Entry user_configuration();
[[nodiscard]] Entry system_configuration();

/// Below the folder of this installation's data: "/usr/share/trilby/recipes".
[[nodiscard]] std::string installed_data(const char* name);

}  // namespace trilby::manual
