// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/zip_archive.hpp"

#include <algorithm>
#include <cerrno>
#include <expected>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>
#include <zip.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/large_file.hpp"

namespace trilby::tensors {
namespace {

using Handle = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using Entry = ZipArchive::Entry;
using Entries = std::vector<Entry>;

std::unexpected<Error> not_an_archive(const std::filesystem::path& path, std::string_view why) {
    return failure(
        ErrorCode::bad_data,
        fmt::format("'{}' is not an archive of PyTorch: {}", printable(path.native()), why),
        "write the file again with the program that made it");
}

std::string words_of(int zip_error) {
    zip_error_t error;
    zip_error_init_with_code(&error, zip_error);
    std::string words = zip_error_strerror(&error);
    zip_error_fini(&error);
    return words;
}

Result<Handle> open_handle(const platform::LargeFile& file, const std::filesystem::path& path) {
    int error = 0;
    const int copy = ::dup(file.descriptor().get());
    Handle archive(copy < 0 ? nullptr : zip_fdopen(copy, 0, &error), &zip_discard);
    if (!archive) {
        if (copy >= 0) {
            ::close(copy);
        }
        return not_an_archive(path, words_of(error));
    }
    return archive;
}

std::expected<Entry, std::string> entry_at(zip_t* archive, zip_uint64_t index) {
    zip_stat_t facts;
    zip_stat_init(&facts);
    constexpr auto needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD;
    if (zip_stat_index(archive, index, ZIP_FL_ENC_RAW, &facts) != 0 ||
        (facts.valid & needed) != needed) {
        return std::unexpected(fmt::format("entry {} has no name or size", index));
    }
    const bool is_encrypted =
        (facts.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && facts.encryption_method != ZIP_EM_NONE;
    if (facts.comp_method != ZIP_CM_STORE || is_encrypted) {
        return std::unexpected(fmt::format("entry '{}' is {}; PyTorch writes entries as they are",
                                           printable(facts.name, 200),
                                           is_encrypted ? "encrypted" : "compressed"));
    }
    return Entry{facts.name, facts.size, index};
}

std::expected<Entries, std::string> read_entries(zip_t* archive) {
    Entries entries;
    const auto count = zip_get_num_entries(archive, 0);
    for (zip_uint64_t index = 0; std::cmp_less(index, count); ++index) {
        auto entry = entry_at(archive, index);
        if (!entry) {
            return std::unexpected(entry.error());
        }
        entries.push_back(std::move(*entry));
    }
    return entries;
}

/// Takes the folder, with its slash, off all names.
std::expected<void, std::string> leave_folder(Entries& entries) {
    if (entries.empty()) {
        return std::unexpected("it has no entries");
    }
    const std::string folder = entries[0].name.substr(0, entries[0].name.find('/') + 1);
    for (Entry& entry : entries) {
        if (folder.empty() || !entry.name.starts_with(folder)) {
            return std::unexpected(fmt::format("entry '{}' is not in the folder '{}' of the others",
                                               printable(entry.name, 200), printable(folder, 200)));
        }
        entry.name.erase(0, folder.size());
    }
    return {};
}

/// Entries that share bytes would unpack to more than the file has.
std::expected<void, std::string> check_sizes(const Entries& entries, std::uint64_t file_bytes) {
    std::uint64_t left = file_bytes;
    for (const Entry& entry : entries) {
        if (entry.size_bytes > left) {
            return std::unexpected("its entries have more bytes than the file");
        }
        left -= entry.size_bytes;
    }
    return {};
}

std::expected<void, std::string> sort(Entries& entries) {
    std::ranges::sort(entries, {}, &Entry::name);
    const auto twice = std::ranges::adjacent_find(entries, {}, &Entry::name);
    if (twice != entries.end()) {
        return std::unexpected(fmt::format("it has two entries '{}'", printable(twice->name, 200)));
    }
    return {};
}

std::expected<Entries, std::string> checked_entries(zip_t* archive, std::uint64_t file_bytes) {
    auto entries = read_entries(archive);
    if (!entries) {
        return entries;
    }
    for (const auto& checked :
         {leave_folder(*entries), check_sizes(*entries, file_bytes), sort(*entries)}) {
        if (!checked) {
            return std::unexpected(checked.error());
        }
    }
    return entries;
}

}  // namespace

struct ZipArchive::Content {
    std::filesystem::path path;
    std::uint64_t size_bytes;
    Handle archive;
    Entries entries;
};

Result<ZipArchive> ZipArchive::open(const std::filesystem::path& path) {
    TRILBY_TRY(file, platform::LargeFile::open(path));
    TRILBY_TRY(archive, open_handle(file, path));
    auto entries = checked_entries(archive.get(), file.size_bytes());
    if (!entries) {
        return not_an_archive(path, entries.error());
    }
    return ZipArchive(std::make_shared<const Content>(
        Content{path, file.size_bytes(), std::move(archive), std::move(*entries)}));
}

const std::filesystem::path& ZipArchive::path() const {
    return content_->path;
}

std::uint64_t ZipArchive::size_bytes() const {
    return content_->size_bytes;
}

const Entries& ZipArchive::entries() const {
    return content_->entries;
}

const Entry* ZipArchive::find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(content_->entries, name, {}, &Entry::name);
    return found != content_->entries.end() && found->name == name ? &*found : nullptr;
}

Result<void> ZipArchive::read(const Entry& entry, std::span<std::byte> into) const {
    if (into.size() != entry.size_bytes) {
        return failure(ErrorCode::usage,
                       fmt::format("entry '{}' has {} bytes, expected {}", printable(entry.name),
                                   entry.size_bytes, into.size()));
    }
    const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(
        zip_fopen_index(content_->archive.get(), entry.index, 0), &zip_fclose);
    // libzip compares the checksum when it finds the end, which a read of all bytes does not reach.
    std::byte beyond{};
    if (file && std::cmp_equal(zip_fread(file.get(), into.data(), into.size()), into.size()) &&
        zip_fread(file.get(), &beyond, 1) == 0) {
        return {};
    }
    return failure(
        ErrorCode::bad_data,
        fmt::format("entry '{}' of '{}' is damaged: {}", printable(entry.name),
                    printable(path().native()),
                    file ? zip_file_strerror(file.get()) : zip_strerror(content_->archive.get())),
        "copy the file again, or write it again with the program that made it");
}

Result<std::string> ZipArchive::read_text(std::string_view name, std::uint64_t limit_bytes) const {
    const Entry* entry = find(name);
    if (entry == nullptr) {
        return not_an_archive(path(), fmt::format("it has no entry '{}'", printable(name)));
    }
    if (entry->size_bytes > limit_bytes) {
        return not_an_archive(path(), fmt::format("entry '{}' has {} bytes, expected at most {}",
                                                  printable(name), entry->size_bytes, limit_bytes));
    }
    std::string text(entry->size_bytes, '\0');
    TRILBY_CHECK(read(*entry, std::as_writable_bytes(std::span(text))));
    return text;
}

}  // namespace trilby::tensors
