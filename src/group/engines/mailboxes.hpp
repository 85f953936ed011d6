// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Memory that the processes of a group share on one machine: a box for what each sends to each
/// other one, and a bell for each. It has no name, so nothing is left of it when they end.

#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "platform/file_descriptor.hpp"

namespace trilby::group {

class Mailboxes {
  public:
    /// Process 0 makes the memory, and the others open it under the path that it has for them. Both
    /// throw std::runtime_error.
    static Mailboxes make(int size);
    static Mailboxes open(const std::string& path, int rank, int size);

    Mailboxes(Mailboxes&& other) noexcept;
    Mailboxes& operator=(Mailboxes&&) = delete;
    Mailboxes(const Mailboxes&) = delete;
    Mailboxes& operator=(const Mailboxes&) = delete;
    ~Mailboxes();

    [[nodiscard]] std::string path() const;
    [[nodiscard]] bool are_all_here() const;
    /// Whether the process still has the memory. Only once all are here.
    [[nodiscard]] bool is_here(int rank) const;

    /// Puts the first of the bytes into the box for a process, and returns how many. None while the
    /// box is full.
    std::size_t put(int to, std::span<const std::byte> bytes);
    /// Takes what a process has put into its box, and returns how many bytes these were.
    std::size_t take(int from, std::span<std::byte> into);

    /// How often others have put something for this process or taken something from it.
    [[nodiscard]] std::uint32_t rings() const;
    /// Waits until there are more rings than these.
    void wait(std::uint32_t rings, std::chrono::milliseconds limit) const;

  private:
    /// Each on a cache line of its own.
    struct alignas(64) Counter {
        std::atomic<std::uint32_t> value;
    };

    Mailboxes(platform::FileDescriptor file, int rank, int size);
    void enter();
    [[nodiscard]] std::size_t bytes() const;
    [[nodiscard]] Counter& counter(std::size_t number) const;
    [[nodiscard]] Counter& bell(int rank) const;
    [[nodiscard]] Counter& filled(int from, int to) const;
    [[nodiscard]] std::byte* box(int from, int to) const;
    void ring(int rank) const;

    platform::FileDescriptor file_;
    int rank_;
    int size_;
    std::size_t box_bytes_;
    std::byte* memory_ = nullptr;
};

}  // namespace trilby::group
