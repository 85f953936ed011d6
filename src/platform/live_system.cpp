// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/live_system.hpp"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace trilby::platform {

std::optional<std::uint32_t> affinity_cpu_count() {
    // The kernel refuses a mask smaller than its own, whose size it does not tell.
    constexpr int cpu_limit = 1 << 16;
    for (int cpus = 1024; cpus <= cpu_limit; cpus *= 2) {
        const auto free_set = [](cpu_set_t* set) { CPU_FREE(set); };
        const std::unique_ptr<cpu_set_t, decltype(free_set)> set(CPU_ALLOC(cpus), free_set);
        const std::size_t size_bytes = CPU_ALLOC_SIZE(cpus);
        if (set && ::sched_getaffinity(0, size_bytes, set.get()) == 0) {
            return static_cast<std::uint32_t>(CPU_COUNT_S(size_bytes, set.get()));
        }
        if (errno != EINVAL) {
            break;
        }
    }
    return std::nullopt;
}

std::string machine_architecture() {
    utsname names{};
    return ::uname(&names) == 0 ? names.machine : "";
}

bool may_read_and_write(const std::filesystem::path& path) {
    return ::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0;
}

}  // namespace trilby::platform
