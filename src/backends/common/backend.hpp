// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A backend module in C++. The module defines definition(), and backend.cpp turns it into the C
/// ABI.

#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include <trilby/backend_abi.h>
#include <trilby/result.hpp>

namespace trilby::backends {

struct Device {
    std::string name;
    std::string pci_address;  ///< empty if it is not on a PCI bus
    std::optional<std::uint64_t> memory_total_bytes;
};

/// The services of the worker for a running job.
class JobContext {
  public:
    JobContext(const trilby_host& host, std::span<const Device> devices)
        : host_(host), devices_(devices) {}

    void event(const json::object& content) const;
    [[nodiscard]] bool is_cancelled() const { return host_.is_cancelled(host_.context) != 0; }
    [[nodiscard]] std::span<const Device> devices() const { return devices_; }

  private:
    const trilby_host& host_;
    std::span<const Device> devices_;
};

/// A job of docs/jobs.md. It may throw: backend.cpp turns exceptions into a status.
struct Job {
    std::string_view name;
    Result<json::object> (*run)(const JobContext& context, const json::object& params);
};

struct Definition {
    const char* name;  ///< of base/backends.def
    const char* version;
    /// Starts the runtime and lists its devices.
    Result<std::vector<Device>> (*start)();
    std::span<const Job> jobs;
    /// The status for an exception of the backend's library.
    trilby_status (*classify)(const std::exception& exception);
    /// The exception's message without internal details such as a stack trace.
    std::string (*explain)(const std::exception& exception);
};

/// Defined by the module.
const Definition& definition();

}  // namespace trilby::backends
