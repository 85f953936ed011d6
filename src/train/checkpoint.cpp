// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/checkpoint.hpp"

#include <algorithm>
#include <expected>
#include <fmt/format.h>
#include <utility>

#include "base/json.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "platform/large_file.hpp"
#include "tensors/header.hpp"
#include "tensors/writer.hpp"

namespace trilby::train {
namespace {

constexpr std::uint64_t file_limit_bytes = std::uint64_t{64} << 30;
constexpr std::string_view digest_key = "trilby.sha256";
constexpr const char* threads_key = "trilby.threads";
constexpr const char* processes_key = "trilby.processes";
// The digest is part of the file that it covers, so it is computed with these digits in its place.
const std::string digest_blank(64, '0');

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

/// The digest comes first, so that find() meets it first.
safetensors::Metadata with_blank_digest(const Metadata& metadata) {
    safetensors::Metadata entries{{std::string(digest_key), digest_blank}};
    for (const auto& [key, value] : metadata) {
        entries.push_back({key, value});
    }
    return entries;
}

std::unexpected<Error> damaged(const std::filesystem::path& path, std::string_view why) {
    return failure(ErrorCode::bad_data,
                   fmt::format("checkpoint '{}' is damaged: {}", path.string(), why),
                   "restart the run, or resume from a copy");
}

Result<platform::LargeFile> open_file(const std::filesystem::path& path) {
    auto file = platform::LargeFile::open(path);
    const bool is_wrong =
        file ? file->size_bytes() > file_limit_bytes : file.error().code == ErrorCode::bad_data;
    if (is_wrong) {
        return damaged(
            path, fmt::format("not a regular file of at most {}", format_bytes(file_limit_bytes)));
    }
    return file;
}

Result<std::vector<std::byte>> read_all(const std::filesystem::path& path) {
    TRILBY_TRY(file, open_file(path));
    std::vector<std::byte> content(static_cast<std::size_t>(file.size_bytes()));
    if (!file.read(0, content)) {
        return damaged(path, "it could not be read to its end");
    }
    return content;
}

/// Verifies the digest of the file, which contains it.
bool digest_holds(std::span<const std::byte> content, std::size_t header_end,
                  const std::string& expected) {
    const std::string_view header(reinterpret_cast<const char*>(content.data()), header_end);
    const std::size_t at = header.find(expected);
    if (expected.size() != digest_blank.size() || at == std::string_view::npos) {
        return false;
    }
    Sha256 digest;
    digest.update(content.first(at));
    digest.update(bytes_of(digest_blank));
    digest.update(content.subspan(at + expected.size()));
    return digest.finish() == expected;
}

Metadata to_map(const safetensors::Metadata& entries) {
    Metadata metadata;
    for (const auto& [key, value] : entries) {
        metadata[key] = value;
    }
    return metadata;
}

}  // namespace

Result<void> require_readable(std::uint64_t tensor_bytes, std::uint64_t header_bytes) {
    if (header_bytes > tensors::header_limit_bytes) {
        return failure(
            ErrorCode::unavailable,
            fmt::format("the description of the data would have {} in a checkpoint of "
                        "this run, more than the {} that can be read",
                        format_bytes(header_bytes), format_bytes(tensors::header_limit_bytes)),
            "leave out columns: in the recipe, NAME = \"ignored\" in [data.columns]");
    }
    if (tensor_bytes + tensors::header_limit_bytes <= file_limit_bytes) {
        return {};
    }
    return failure(ErrorCode::unavailable,
                   fmt::format("a checkpoint of this run would have {}, more than the {} that can "
                               "be read",
                               format_bytes(tensor_bytes), format_bytes(file_limit_bytes)),
                   "train a smaller network, or choose an optimizer that keeps less: sgd keeps one "
                   "number for each weight, adamw two");
}

Result<void> write_checkpoint(const std::filesystem::path& path,
                              std::span<const TensorView> tensors, const Metadata& metadata,
                              const platform::BeforeReplacing& before_replacing) {
    std::string start = tensors::make_start(tensors, with_blank_digest(metadata));
    Sha256 digest;
    digest.update(bytes_of(start));
    for (const TensorView& tensor : tensors) {
        digest.update(tensor.bytes);
    }
    start.replace(start.find(digest_blank), digest_blank.size(), digest.finish());
    return tensors::write_file(path, start, tensors, before_replacing);
}

Result<Metadata> read_metadata(const std::filesystem::path& path) {
    TRILBY_TRY(file, open_file(path));
    const auto header = tensors::read_header(file);
    if (!header) {
        return damaged(path, header.error());
    }
    return to_map(header->metadata);
}

std::string to_text(const Metadata& metadata) {
    json::object members;
    for (const auto& [key, value] : metadata) {
        members[key] = value;
    }
    return json::serialize(members);
}

Result<Metadata> metadata_of(const std::string& text) {
    TRILBY_TRY(members, json::parse_object(text, "metadata"));
    Metadata metadata;
    for (const auto& member : members) {
        const std::string key = member.key();
        TRILBY_TRY(value, json::get_string(members, key, "metadata"));
        metadata[key] = std::move(value);
    }
    return metadata;
}

void add_sharing(Metadata& metadata, const Sharing& sharing) {
    metadata[threads_key] = fmt::format("{}", sharing.threads);
    metadata[processes_key] = fmt::format("{}", sharing.processes);
}

std::optional<Sharing> sharing_of(const Metadata& metadata) {
    const auto number = [&](const char* key) {
        constexpr std::int64_t most = 100'000;
        const auto entry = metadata.find(key);
        const auto value =
            entry == metadata.end() ? std::nullopt : parse_number<std::int64_t>(entry->second);
        return value && *value >= 1 && *value <= most ? value : std::nullopt;
    };
    const auto threads = number(threads_key);
    const auto processes = number(processes_key);
    return threads && processes ? std::optional(Sharing{*threads, *processes}) : std::nullopt;
}

Result<Checkpoint> Checkpoint::read(const std::filesystem::path& path) {
    Checkpoint checkpoint;
    TRILBY_TRY(content, read_all(path));
    checkpoint.content_ = std::move(content);
    const std::span<const std::byte> bytes(checkpoint.content_);
    auto header = tensors::read_header(bytes, bytes.size());
    if (!header) {
        return damaged(path, header.error());
    }
    checkpoint.metadata_ = to_map(header->metadata);
    for (auto& [name, dtype, shape, offset, size] : header->tensors) {
        checkpoint.tensors_.push_back(
            {std::move(name), std::move(dtype), std::move(shape), bytes.subspan(offset, size)});
    }
    if (!digest_holds(bytes, header->end_bytes, checkpoint.metadata_[std::string(digest_key)])) {
        return damaged(path, "its SHA-256 does not match its content");
    }
    return checkpoint;
}

std::string prefix_of_weights(const Checkpoint& checkpoint) {
    for (const char* prefix : {"best.", "average."}) {
        const auto begins = [&](const auto& tensor) { return tensor.name.starts_with(prefix); };
        if (std::ranges::any_of(checkpoint.tensors(), begins)) {
            return prefix;
        }
    }
    return "model.";
}

}  // namespace trilby::train
