// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/event_file.hpp"

#include <cerrno>
#include <cmath>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_lock.hpp"
#include "train/metrics_reader.hpp"
#include "train/run_files.hpp"
#include "train/run_result.hpp"

namespace trilby::train {
namespace {

/// The start of the run in seconds since 1970: the time of its recipe, which is never written
/// again.
double start_of(const std::filesystem::path& run) {
    struct stat info {};
    return ::stat((run / recipe_name).c_str(), &info) == 0
               ? static_cast<double>(info.st_mtim.tv_sec)
               : 0.0;
}

Result<platform::FileDescriptor> open_regular_file(const std::filesystem::path& path) {
    platform::FileDescriptor file(::open(
        path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0666));
    if (!file) {
        return std::unexpected(platform::system_error(errno, "open", path));
    }
    struct stat info {};
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return failure(ErrorCode::cannot_create,
                       fmt::format("'{}' is not a regular file", path.string()), "remove it");
    }
    return file;
}

/// The known metrics as "accuracy/validation", so that TensorBoard groups them by metric.
void add_scalars(std::vector<Scalar>& scalars, const Metrics& metrics, std::string_view part) {
    for (const auto& [name, value] : metrics) {
        if (find_metric(name) != nullptr) {
            scalars.push_back({fmt::format("{}/{}", name, part), value.content.value_or(NAN)});
        }
    }
}

std::vector<Scalar> scalars_of(const EpochEvent& epoch) {
    std::vector<Scalar> scalars{{"loss/training", epoch.training_loss}};
    add_scalars(scalars, epoch.validation, "validation");
    scalars.push_back({"training/learning_rate", epoch.learning_rate});
    if (epoch.units_per_second.content) {
        scalars.push_back({"training/units_per_second", *epoch.units_per_second.content});
    }
    return scalars;
}

}  // namespace

Result<EventFile> EventFile::open(const std::filesystem::path& run) {
    const std::filesystem::path path = run / events_name;
    TRILBY_TRY(file, open_regular_file(path));
    EventFile events(std::move(file), path, start_of(run));
    TRILBY_CHECK(events.put(version_record(events.time_s_)));
    TRILBY_CHECK(events.add_epochs(run / metrics_name));
    TRILBY_CHECK(events.cut_off());
    return events;
}

Result<void> EventFile::add_epochs(const std::filesystem::path& metrics) {
    Result<void> added;
    TRILBY_CHECK(MetricsReader(metrics).read_new([&](const EpochEvent& epoch) {
        added = add(epoch);
        return added.has_value();
    }));
    return added;
}

Result<void> EventFile::add(const EpochEvent& epoch) {
    time_s_ += epoch.seconds.content.value_or(0.0);
    return put(scalar_record(time_s_, epoch.epoch, scalars_of(epoch)));
}

Result<void> EventFile::add(const TrainingResult& result) {
    std::vector<Scalar> scalars;
    add_scalars(scalars, result.test, "test");
    return scalars.empty() ? Result<void>() : put(scalar_record(time_s_, result.epochs, scalars));
}

Result<void> EventFile::put(std::string_view record) {
    if (!is_there(record)) {
        TRILBY_CHECK(write(record));
    }
    position_ += record.size();
    return {};
}

bool EventFile::is_there(std::string_view record) const {
    std::string found(record.size(), '\0');
    const ssize_t size =
        ::pread(file_.get(), found.data(), found.size(), static_cast<off_t>(position_));
    return size == static_cast<ssize_t>(record.size()) && found == record;
}

/// A record that does not fit on the disk is removed again.
Result<void> EventFile::write(std::string_view record) {
    if (::lseek(file_.get(), static_cast<off_t>(position_), SEEK_SET) < 0) {
        return std::unexpected(platform::system_error(errno, "write", path_));
    }
    auto written = platform::write_all(file_.get(), record, path_);
    if (!written) {
        static_cast<void>(cut_off());  // the first error is the one to report
    }
    return written;
}

Result<void> EventFile::cut_off() const {
    return ::ftruncate(file_.get(), static_cast<off_t>(position_)) == 0
               ? Result<void>()
               : std::unexpected(platform::system_error(errno, "write", path_));
}

Result<std::filesystem::path> write_event_file(const std::filesystem::path& run) {
    TRILBY_CHECK(require_run(run));
    const auto lock = platform::FileLock::take(run / lock_name);
    if (!lock) {
        return std::unexpected(lock.error());
    }
    TRILBY_TRY(events, EventFile::open(run));
    TRILBY_TRY(document, read_result_document(run));
    if (document) {
        TRILBY_TRY(result, parse_result(*document));
        TRILBY_CHECK(events.add(result));
    }
    return run / events_name;
}

}  // namespace trilby::train
