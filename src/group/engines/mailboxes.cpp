// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "group/engines/mailboxes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace trilby::group {
namespace {

constexpr std::size_t most_box_bytes = std::size_t{2} << 20;
constexpr std::size_t least_box_bytes = std::size_t{4} << 10;
constexpr std::size_t most_bytes_of_all_boxes = std::size_t{64} << 20;

/// Where processes are many, their boxes are small.
std::size_t box_bytes_of(int size) {
    const auto boxes = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
    const std::size_t share = most_bytes_of_all_boxes / boxes / least_box_bytes * least_box_bytes;
    return std::clamp(share, least_box_bytes, most_box_bytes);
}

[[noreturn]] void refuse(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Each process has locked the byte with its number, until it ends.
struct flock byte_of(int rank) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = rank;
    lock.l_len = 1;
    return lock;
}

long futex(const std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* limit) {
    return ::syscall(SYS_futex, &word, operation, value, limit, nullptr, 0);
}

}  // namespace

Mailboxes Mailboxes::make(int size) {
    platform::FileDescriptor file(::memfd_create("trilby-group", MFD_CLOEXEC));
    if (!file) {
        refuse("cannot make shared memory");
    }
    Mailboxes made(std::move(file), 0, size);
    // Reserved now: memory that is missing later would end the process by a signal.
    if (const int error = ::posix_fallocate(made.file_.get(), 0, static_cast<off_t>(made.bytes()));
        error != 0) {
        errno = error;
        refuse("cannot reserve " + std::to_string(made.bytes() >> 20) + " MiB of shared memory");
    }
    made.enter();
    return made;
}

Mailboxes Mailboxes::open(const std::string& path, int rank, int size) {
    platform::FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!file) {
        refuse("cannot open the memory of process 0, '" + path + "'");
    }
    Mailboxes opened(std::move(file), rank, size);
    struct stat info {};
    if (::fstat(opened.file_.get(), &info) != 0 ||
        std::cmp_not_equal(info.st_size, opened.bytes())) {
        throw std::runtime_error("'" + path + "' is not the memory of process 0");
    }
    opened.enter();
    return opened;
}

Mailboxes::Mailboxes(platform::FileDescriptor file, int rank, int size)
    : file_(std::move(file)), rank_(rank), size_(size), box_bytes_(box_bytes_of(size)) {}

Mailboxes::Mailboxes(Mailboxes&& other) noexcept
    : file_(std::move(other.file_)),
      rank_(other.rank_),
      size_(other.size_),
      box_bytes_(other.box_bytes_),
      memory_(std::exchange(other.memory_, nullptr)) {}

Mailboxes::~Mailboxes() {
    if (memory_ != nullptr) {
        ::munmap(memory_, bytes());
    }
}

void Mailboxes::enter() {
    const struct flock own = byte_of(rank_);
    if (::fcntl(file_.get(), F_OFD_SETLK, &own) != 0) {
        refuse("cannot lock the shared memory as process " + std::to_string(rank_));
    }
    void* const memory =
        ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
    if (memory == MAP_FAILED) {
        refuse("cannot map the shared memory");
    }
    memory_ = static_cast<std::byte*>(memory);
    counter(0).value.fetch_add(1);
    for (int rank = 0; rank < size_; ++rank) {
        ring(rank);
    }
}

std::string Mailboxes::path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file_.get());
}

bool Mailboxes::are_all_here() const {
    return std::cmp_equal(counter(0).value.load(), size_);
}

bool Mailboxes::is_here(int rank) const {
    struct flock lock = byte_of(rank);
    return ::fcntl(file_.get(), F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

std::size_t Mailboxes::put(int to, std::span<const std::byte> bytes) {
    std::atomic<std::uint32_t>& in_box = filled(rank_, to).value;
    if (bytes.empty() || in_box.load(std::memory_order_acquire) != 0) {
        return 0;
    }
    const std::size_t count = std::min(bytes.size(), box_bytes_);
    std::memcpy(box(rank_, to), bytes.data(), count);
    in_box.store(static_cast<std::uint32_t>(count), std::memory_order_release);
    ring(to);
    return count;
}

std::size_t Mailboxes::take(int from, std::span<std::byte> into) {
    std::atomic<std::uint32_t>& in_box = filled(from, rank_).value;
    const std::size_t count = into.empty() ? 0 : in_box.load(std::memory_order_acquire);
    if (count == 0) {
        return 0;
    }
    if (count > into.size()) {
        throw std::runtime_error("process " + std::to_string(from) + " sent more than it should");
    }
    std::memcpy(into.data(), box(from, rank_), count);
    in_box.store(0, std::memory_order_release);
    ring(from);
    return count;
}

std::uint32_t Mailboxes::rings() const {
    return bell(rank_).value.load(std::memory_order_acquire);
}

void Mailboxes::wait(std::uint32_t rings, std::chrono::milliseconds limit) const {
    const timespec until{.tv_sec = limit.count() / 1000,
                         .tv_nsec = limit.count() % 1000 * 1'000'000};
    futex(bell(rank_).value, FUTEX_WAIT, rings, &until);
}

void Mailboxes::ring(int rank) const {
    bell(rank).value.fetch_add(1, std::memory_order_release);
    futex(bell(rank).value, FUTEX_WAKE, 1, nullptr);
}

// The counter of those who are here, the bells, the counters of the boxes, and the boxes.

std::size_t Mailboxes::bytes() const {
    const auto size = static_cast<std::size_t>(size_);
    return (1 + size + size * size) * sizeof(Counter) + size * size * box_bytes_;
}

Mailboxes::Counter& Mailboxes::counter(std::size_t number) const {
    return reinterpret_cast<Counter*>(memory_)[number];
}

Mailboxes::Counter& Mailboxes::bell(int rank) const {
    return counter(1 + static_cast<std::size_t>(rank));
}

Mailboxes::Counter& Mailboxes::filled(int from, int to) const {
    return counter(1 + static_cast<std::size_t>(size_ + from * size_ + to));
}

std::byte* Mailboxes::box(int from, int to) const {
    const auto number = static_cast<std::size_t>(from * size_ + to);
    return memory_ + bytes() - (static_cast<std::size_t>(size_ * size_) - number) * box_bytes_;
}

}  // namespace trilby::group
