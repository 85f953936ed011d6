// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A backend module in C++: it supplies definition(); backend.cpp makes the C ABI of it.

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

/// What a running job may ask of the worker.
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

/// A job of docs/jobs.md. May throw: the wall around every call turns that into a status.
struct Job {
    std::string_view name;
    Result<json::object> (*run)(const JobContext& context, const json::object& params);
};

struct Definition {
    const char* name;  ///< "cpu", "cuda" or "rocm"
    const char* version;
    /// Starts the runtime and lists its devices.
    Result<std::vector<Device>> (*start)();
    std::span<const Job> jobs;
    /// Says what an exception of the backend's library means.
    trilby_status (*classify)(const std::exception& exception);
    /// The exception's text without what only its authors understand.
    std::string (*explain)(const std::exception& exception);
};

/// To be defined by the module.
const Definition& definition();

}  // namespace trilby::backends
