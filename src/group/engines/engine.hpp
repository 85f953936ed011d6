// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Makes an engine (group/engine_abi.h) of a class with a constructor from a place and exchange().
/// Both may throw.

#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "group/engine_abi.h"

namespace trilby::group {

/// A process did not answer.
class Unreachable : public std::runtime_error {
  public:
    Unreachable(int rank, const std::string& why) : std::runtime_error(why), rank_(rank) {}
    [[nodiscard]] int rank() const { return rank_; }

  private:
    int rank_;
};

inline void report(trilby_group_failure* failure, int rank, std::string_view why) {
    failure->rank = rank;
    const std::size_t size = std::min(why.size(), sizeof failure->message - 1);
    std::memcpy(failure->message, why.data(), size);
    failure->message[size] = '\0';
}

/// Copies the bytes that a process sends to itself.
inline void copy_own(const void* sent, void* received, std::size_t bytes) {
    if (bytes > 0) {
        std::memcpy(received, sent, bytes);
    }
}

/// Runs `act`, and reports what it throws.
template <class Act>
int guarded(trilby_group_failure* failure, Act act) {
    try {
        act();
        return 0;
    } catch (const Unreachable& unreachable) {
        report(failure, unreachable.rank(), unreachable.what());
    } catch (const std::exception& exception) {
        report(failure, -1, exception.what());
    } catch (...) {
        report(failure, -1, "the engine failed without a reason");
    }
    return -1;
}

template <class Engine>
trilby_group_engine make_engine(const char* name) {
    return {
        .struct_size = sizeof(trilby_group_engine),
        .abi_version = TRILBY_GROUP_ABI_VERSION,
        .name = name,
        .join = [](const trilby_group_place* place, trilby_group_failure* failure) -> void* {
            Engine* group = nullptr;
            guarded(failure, [&] { group = new Engine(*place); });
            return group;
        },
        .exchange =
            [](void* group, const void* const* sent, const size_t* sent_bytes,
               void* const* received, const size_t* received_bytes, trilby_group_failure* failure) {
                return guarded(failure, [&] {
                    static_cast<Engine*>(group)->exchange(sent, sent_bytes, received,
                                                          received_bytes);
                });
            },
        .leave = [](void* group) { delete static_cast<Engine*>(group); }};
}

}  // namespace trilby::group
