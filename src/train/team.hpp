// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Workers on this machine that train one network together. The first one is that of the run: it
/// reports and saves. The team has the others.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "group/place.hpp"
#include "platform/file_descriptor.hpp"
#include "platform/temporary_folder.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include "train/session.hpp"
#include "worker/failure.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

struct TeamOptions {
    std::int64_t processes = 1;
    std::filesystem::path engine = {};
    bool has_gpus = false;  ///< then each process has a device of its own
    double timeout_s = 300.0;
};

class Team {
  public:
    [[nodiscard]] static Result<Team> create(const TeamOptions& options);
    Team(Team&&) noexcept;
    Team& operator=(Team&&) = delete;
    /// Ends what still runs.
    ~Team();

    /// Readable when the first process waits in vain, because another one has failed.
    [[nodiscard]] int first_is_abandoned_fd() const { return abandon_first_.get(); }
    /// The place of a process, for its job.
    [[nodiscard]] group::Place place(std::int64_t rank) const;
    /// Starts the workers of all but the first process. `data` and `recipe` must outlive the team.
    void start(const PreparedData& data, const SessionOptions& options, const Recipe& recipe,
               const json::object& params);
    /// Runs the jobs of the workers, once the data are sealed.
    void data_are_ready();
    /// Waits for the workers, but only a moment if the first process has failed with `failure`.
    /// Returns what went wrong first, as far as that can be known.
    [[nodiscard]] std::optional<worker::Failure> end(const std::optional<worker::Failure>& failure);

  private:
    class Member;
    struct Shared;

    Team(TeamOptions options, platform::TemporaryFolder store, platform::FileDescriptor abandon,
         platform::FileDescriptor abandon_first);
    void end_members(std::chrono::seconds wait);

    TeamOptions options_;
    platform::TemporaryFolder store_;
    platform::FileDescriptor abandon_;  ///< readable: members kill their workers
    platform::FileDescriptor abandon_first_;
    std::promise<bool> data_ready_;  ///< false: there will be none
    bool is_waiting_for_data_ = true;
    std::promise<void> first_ended_;
    std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace trilby::train
