// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <fmt/format.h>

#include "backends/torch/checking/rates.hpp"
#include "backends/torch/checks/checks.hpp"
#include "backends/torch/device.hpp"
#include "base/units.hpp"
#include "validate/statistics.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;
namespace quantities = validate::quantities;

constexpr std::int64_t word_bytes = 8;
constexpr std::int64_t smallest_bytes = 4096;
constexpr std::int64_t largest_bytes = std::int64_t{64} << 20;
constexpr int repeats = 16;  // of the largest, so that it can be timed

double gigabytes(std::int64_t bytes) {
    return static_cast<double>(bytes) * 1e-9;
}

/// New random words on the host.
Tensor words(CheckRun& run, std::int64_t bytes) {
    return run.integers({bytes / word_bytes}, torch::kInt64, -(std::int64_t{1} << 62),
                        (std::int64_t{1} << 62) - 1);
}

/// The copies between one kind of host memory and the device, both ways.
class Link {
  public:
    static Link pageable() { return Link("", false, quantities::to_device, quantities::to_host); }
    static Link pinned() {
        return Link(", pinned", true, quantities::to_device_pinned, quantities::to_host_pinned);
    }

    /// Copies every size once, and the largest often.
    void exchange(CheckRun& run) {
        for (std::int64_t bytes = smallest_bytes; bytes < largest_bytes; bytes *= 16) {
            exchange(run, bytes, 1);
        }
        exchange(run, largest_bytes, repeats);
    }

    void report(CheckRun& run) const {
        to_device_.report(run);
        to_host_.report(run);
        run.plot(by_size_);
    }

  private:
    Link(std::string_view kind, bool is_pinned, const validate::Quantity& to_device,
         const validate::Quantity& to_host)
        : is_pinned_(is_pinned),
          to_device_(to_device),
          to_host_(to_host),
          name_(fmt::format("transfers{}", kind)),
          by_size_{fmt::format("there and back{} by size", kind), "size in bytes", "GB/s", {}} {}

    void exchange(CheckRun& run, std::int64_t bytes, int times) {
        const Tensor drawn = words(run, bytes);
        const Tensor sent = is_pinned_ ? drawn.pin_memory() : drawn;
        Tensor there = torch::empty_like(sent, run.device());
        Tensor back = torch::empty_like(sent);
        back.copy_(there.copy_(sent));  // not timed: the system has not allocated the pages yet
        for (int i = 0; i < times; ++i) {
            const Timing forth = copy(run, there, sent);
            const Timing home = copy(run, back, there);
            if (bytes == largest_bytes) {
                to_device_.add(run.progress(), gigabytes(bytes), forth);
                to_host_.add(run.progress(), gigabytes(bytes), home);
            }
            if (run.round() == 0 && i == 0) {
                by_size_.points.emplace_back(bytes,
                                             gigabytes(2 * bytes) / (forth.seconds + home.seconds));
            }
        }
        run.expect_same(
            fmt::format("{}, {}", name_, format_bytes(static_cast<std::uint64_t>(bytes))),
            run.fetch(back), sent);
    }

    static Timing copy(CheckRun& run, Tensor& to, const Tensor& from) {
        return run.time([&] { to.copy_(from); }, validate::Work::transfer);
    }

    bool is_pinned_;
    Rates to_device_;
    Rates to_host_;
    std::string name_;
    validate::Series by_size_;
};

/// Copies there and back on several streams at once, each with its own words.
void copy_on_streams(CheckRun& run, const c10::impl::VirtualGuardImpl& devices) {
    constexpr std::size_t streams = 4;
    constexpr std::int64_t bytes = 4 << 20;
    std::array<Tensor, streams> sent;
    std::array<Tensor, streams> there;
    std::array<Tensor, streams> back;
    for (std::size_t i = 0; i < streams; ++i) {
        sent[i] = words(run, bytes).pin_memory();
        there[i] = torch::empty_like(sent[i], run.device());
        back[i] = torch::empty_like(sent[i]).pin_memory();
    }
    wait_for(run.device());
    for (std::size_t i = 0; i < streams; ++i) {
        const c10::StreamGuard on_stream(devices.getStreamFromGlobalPool(run.device()));
        there[i].copy_(sent[i], /*non_blocking=*/true);
        back[i].copy_(there[i], /*non_blocking=*/true);
    }
    wait_for(run.device());
    for (std::size_t i = 0; i < streams; ++i) {
        run.expect_same("transfers on several streams", run.fetch(back[i]), sent[i]);
    }
}

/// The copies to another device of the backend and back.
class Peer {
  public:
    explicit Peer(torch::Device device)
        : device_(device),
          to_name_(fmt::format("{}{}", quantities::to_peer.name, device.index())),
          from_name_(fmt::format("{}{}", quantities::from_peer.name, device.index())) {}

    void exchange(CheckRun& run) {
        const Tensor sent = words(run, bytes);
        const Tensor here = run.on_device(sent);
        Tensor there = torch::empty_like(here, device_);
        Tensor back = torch::empty_like(here);
        for (int i = 0; i < repeats; ++i) {
            const Timing forth = copy(run, there, here);
            const Timing home = copy(run, back, there);
            if (i > 0) {  // the first copies also open the way between the devices
                to_.push_back(gigabytes(bytes) / forth.seconds);
                from_.push_back(gigabytes(bytes) / home.seconds);
            }
        }
        // Both are compared, so that a wrong value shows which way it took.
        run.expect_same("transfers " + to_name_, run.fetch(there), sent);
        run.expect_same("transfers " + from_name_, run.fetch(back), sent);
    }

    void report(CheckRun& run) const {
        measure(run, to_name_, quantities::to_peer.unit, to_);
        measure(run, from_name_, quantities::from_peer.unit, from_);
    }

  private:
    static constexpr std::int64_t bytes = largest_bytes / 4;

    /// Waits for both devices: the stream of either may carry the copy.
    Timing copy(CheckRun& run, Tensor& to, const Tensor& from) const {
        wait_for(device_);
        return run.time(
            [&] {
                to.copy_(from);
                wait_for(device_);
            },
            validate::Work::transfer);
    }

    static void measure(CheckRun& run, const std::string& name, std::string_view unit,
                        const std::vector<double>& rates) {
        if (!rates.empty()) {
            run.measure({name, unit}, validate::median(rates), "the median over the copies");
        }
    }

    torch::Device device_;
    std::string to_name_;
    std::string from_name_;
    std::vector<double> to_;
    std::vector<double> from_;
};

/// Every other device of the backend.
std::vector<Peer> peers_of(torch::Device device, const c10::impl::VirtualGuardImpl& devices) {
    std::vector<Peer> peers;
    for (c10::DeviceIndex index = 0; index < devices.deviceCount(); ++index) {
        if (index != device.index()) {
            peers.emplace_back(torch::Device(device.type(), index));
        }
    }
    return peers;
}

}  // namespace

void checks::transfers(CheckRun& run) {
    std::vector<Link> links{Link::pageable()};
    const bool has_own_memory = !run.device().is_cpu();
    if (has_own_memory) {
        links.push_back(Link::pinned());
    }
    const c10::impl::VirtualGuardImpl devices(run.device().type());
    std::vector<Peer> peers;
    if (has_own_memory) {
        peers = peers_of(run.device(), devices);
    }
    while (run.next_round()) {
        for (Link& link : links) {
            link.exchange(run);
        }
        if (has_own_memory) {
            copy_on_streams(run, devices);
        }
        for (Peer& peer : peers) {
            peer.exchange(run);
        }
    }
    for (const Link& link : links) {
        link.report(run);
    }
    for (const Peer& peer : peers) {
        peer.report(run);
    }
}

}  // namespace trilby::backends
