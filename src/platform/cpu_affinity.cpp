// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/cpu_affinity.hpp"

#include <cerrno>
#include <cstddef>
#include <memory>
#include <sched.h>

namespace trilby::platform {
namespace {

constexpr std::size_t cpu_limit = 1 << 16;

/// A set of CPUs of any size.
class CpuSet {
  public:
    explicit CpuSet(std::size_t cpus)
        : cpus_(cpus), size_bytes_(CPU_ALLOC_SIZE(cpus)), set_(CPU_ALLOC(cpus)) {
        if (set_) {
            CPU_ZERO_S(size_bytes_, set_.get());
        }
    }

    /// False also if there is no memory for the set.
    [[nodiscard]] bool read() {
        return set_ && ::sched_getaffinity(0, size_bytes_, set_.get()) == 0;
    }
    [[nodiscard]] bool apply() const {
        return set_ && ::sched_setaffinity(0, size_bytes_, set_.get()) == 0;
    }
    void add(std::size_t cpu) {
        if (set_) {
            CPU_SET_S(cpu, size_bytes_, set_.get());
        }
    }
    [[nodiscard]] std::vector<std::uint32_t> cpus() const {
        std::vector<std::uint32_t> out;
        for (std::size_t cpu = 0; cpu < cpus_; ++cpu) {
            if (CPU_ISSET_S(cpu, size_bytes_, set_.get())) {
                out.push_back(static_cast<std::uint32_t>(cpu));
            }
        }
        return out;
    }

  private:
    struct Free {
        void operator()(cpu_set_t* set) const { CPU_FREE(set); }
    };

    std::size_t cpus_;
    std::size_t size_bytes_;
    std::unique_ptr<cpu_set_t, Free> set_;
};

}  // namespace

std::optional<std::vector<std::uint32_t>> affinity_cpus() {
    // The kernel rejects a mask that is smaller than its own, and does not report that size.
    for (std::size_t cpus = 1024; cpus <= cpu_limit; cpus *= 2) {
        CpuSet set(cpus);
        if (set.read()) {
            return set.cpus();
        }
        if (errno != EINVAL) {
            break;
        }
    }
    return std::nullopt;
}

bool pin_to_cpu(std::uint32_t cpu) {
    if (cpu >= cpu_limit) {
        return false;
    }
    CpuSet set(cpu + 1);
    set.add(cpu);
    return set.apply();
}

}  // namespace trilby::platform
