// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/live_system.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "platform/cpu_affinity.hpp"

namespace trilby::platform {

std::optional<std::uint32_t> affinity_cpu_count() {
    const auto cpus = affinity_cpus();
    return cpus ? std::optional(static_cast<std::uint32_t>(cpus->size())) : std::nullopt;
}

std::string machine_architecture() {
    utsname names{};
    return ::uname(&names) == 0 ? names.machine : "";
}

bool is_root() {
    return ::geteuid() == 0;
}

bool is_open_by_group_alone(const std::filesystem::path& path) {
    constexpr mode_t for_everybody = S_IROTH | S_IWOTH;
    struct stat info {};
    if (is_root() || ::stat(path.c_str(), &info) != 0 || !may_read_and_write(path)) {
        return false;
    }
    const bool has_list = ::getxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
    return !has_list && info.st_uid != ::geteuid() &&
           (info.st_mode & for_everybody) != for_everybody;
}

std::vector<std::uint32_t> groups() {
    const int count = ::getgroups(0, nullptr);
    std::vector<gid_t> found(static_cast<std::size_t>(std::max(count, 0)));
    const int got = ::getgroups(static_cast<int>(found.size()), found.data());
    found.resize(static_cast<std::size_t>(std::max(got, 0)));
    found.push_back(::getegid());
    return {found.begin(), found.end()};
}

std::optional<std::string> c_library_version() {
#ifdef __GLIBC__
    return ::gnu_get_libc_version();
#else
    return std::nullopt;
#endif
}

std::optional<std::uint64_t> locked_memory_limit_bytes() {
    rlimit limit{};
    const bool is_known = ::getrlimit(RLIMIT_MEMLOCK, &limit) == 0;
    return is_known && limit.rlim_cur != RLIM_INFINITY
               ? std::optional<std::uint64_t>(limit.rlim_cur)
               : std::nullopt;
}

bool may_read_and_write(const std::filesystem::path& path) {
    return ::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0;
}

}  // namespace trilby::platform
