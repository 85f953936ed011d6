// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/kernels/work_items.hpp"

#include <algorithm>
#include <cstdint>
#include <ucontext.h>

namespace trilby::gpu::on_host {
namespace {

/// What kernels read of hsa_kernel_dispatch_packet_t.
struct DispatchPacket {
    std::uint16_t header = 0;
    std::uint16_t setup = 0;
    std::uint16_t group_size[3] = {1, 1, 1};
    std::uint16_t reserved = 0;
    std::uint32_t work_items[3] = {1, 1, 1};
    std::byte other[40] = {};
};
static_assert(sizeof(DispatchPacket) == 64);

/// The hidden arguments of version 5 of AMD's code objects, as far as kernels read them.
struct ImplicitArguments {
    std::uint32_t groups[3] = {1, 1, 1};
    std::uint16_t group_size[3] = {1, 1, 1};
    std::uint16_t size_of_last_group[3] = {};
    std::byte other[232] = {};
};
static_assert(sizeof(ImplicitArguments) == 256);

struct WorkItem {
    ucontext_t context = {};
    std::vector<std::byte> stack = std::vector<std::byte>(std::size_t{64} << 10);
};

/// The launch that runs. There is only one, and one thread.
struct Running {
    DispatchPacket packet;
    ImplicitArguments implicit_arguments;
    const Launch* launch = nullptr;
    std::vector<WorkItem> items;
    ucontext_t scheduler = {};
    unsigned group = 0;
    unsigned item = 0;
    unsigned ended = 0;  ///< work items of the group
};
Running running;

void run_item() {
    running.launch->kernel(running.launch->arguments);
    ++running.ended;
}

void prepare(const Launch& launch) {
    running.launch = &launch;
    running.packet.group_size[0] = static_cast<std::uint16_t>(launch.group_size);
    running.packet.work_items[0] = launch.groups * launch.group_size;
    running.implicit_arguments.groups[0] = launch.groups;
    running.implicit_arguments.group_size[0] = static_cast<std::uint16_t>(launch.group_size);
    running.items.resize(launch.group_size);
}

void start(WorkItem& item) {
    getcontext(&item.context);
    item.context.uc_stack.ss_sp = item.stack.data();
    item.context.uc_stack.ss_size = item.stack.size();
    item.context.uc_link = &running.scheduler;
    makecontext(&item.context, run_item, 0);
}

/// Every other group runs backward: if a barrier is missing, one order may hide it, but not both.
void run_each_to_its_next_barrier() {
    const unsigned size = running.launch->group_size;
    for (unsigned turn = 0; turn < size; ++turn) {
        running.item = running.group % 2 == 0 ? turn : size - 1 - turn;
        swapcontext(&running.scheduler, &running.items[running.item].context);
    }
}

/// Returns whether all work items of the group reached the same number of barriers.
bool run_group(unsigned group) {
    constexpr std::byte garbage{0xa5};
    for (const std::span<std::byte> memory : running.launch->shared_memory) {
        std::ranges::fill(memory, garbage);
    }
    std::ranges::for_each(running.items, start);
    running.group = group;
    running.ended = 0;
    while (running.ended == 0) {
        run_each_to_its_next_barrier();
    }
    return running.ended == running.launch->group_size;
}

}  // namespace

std::string run(const Launch& launch) {
    prepare(launch);
    for (unsigned group = 0; group < launch.groups; ++group) {
        if (!run_group(group)) {
            return "in group " + std::to_string(group) + ", " + std::to_string(running.ended) +
                   " of " + std::to_string(launch.group_size) +
                   " work items ended while the others wait at a barrier";
        }
    }
    return {};
}

// What lowered kernels call; see HOST_FUNCTIONS in lower.py.
#pragma GCC visibility push(default)
extern "C" {

std::uint32_t trilby_work_item() {
    return running.item;
}

std::uint32_t trilby_group() {
    return running.group;
}

const void* trilby_dispatch_packet() {
    return &running.packet;
}

const void* trilby_implicit_arguments() {
    return &running.implicit_arguments;
}

void trilby_barrier() {
    swapcontext(&running.items[running.item].context, &running.scheduler);
}
}
#pragma GCC visibility pop

}  // namespace trilby::gpu::on_host
