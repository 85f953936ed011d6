// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/large_file.hpp"
#include "platform/open_in_root.hpp"
#include "tensors/header.hpp"
#include <trilby/safetensors.hpp>

namespace trilby::safetensors {

struct File::Content {
    Content(std::filesystem::path its_path, platform::LargeFile its_file,
            tensors::Header its_header)
        : path(std::move(its_path)), file(std::move(its_file)), header(std::move(its_header)) {
        for (const TensorInfo& tensor : header.tensors) {
            by_name.emplace(tensor.name, &tensor);
        }
    }
    Content(const Content&) = delete;
    Content& operator=(const Content&) = delete;
    ~Content() = default;

    /// Inline, so that libtrilby does not export it.
    static Result<std::shared_ptr<const Content>> read(Result<platform::LargeFile> opened,
                                                       const std::filesystem::path& path) {
        TRILBY_TRY(file, std::move(opened));
        auto header = tensors::read_header(file);
        if (!header) {
            return failure(ErrorCode::bad_data,
                           fmt::format("'{}' is not a valid safetensors file: {}", path.string(),
                                       header.error()),
                           "get the file again, or write it again with the program that made it");
        }
        return std::make_shared<const Content>(path, std::move(file), std::move(*header));
    }

    std::filesystem::path path;
    platform::LargeFile file;
    tensors::Header header;
    std::map<std::string_view, const TensorInfo*> by_name;
};

namespace {

std::unexpected<Error> outside(const std::filesystem::path& path, std::string_view what) {
    return failure(
        ErrorCode::bad_data,
        fmt::format("'{}' {} the folder, expected a file in it", printable(path.native()), what),
        "copy the file that is meant into the folder");
}

bool leads_out(const std::filesystem::path& name) {
    return name.is_absolute() || std::ranges::find(name, "..") != name.end();
}

/// Opens a file as if the folder were the root folder, so that no link leads out of it.
Result<platform::LargeFile> open_inside(const std::filesystem::path& folder,
                                        const std::string& name) {
    const std::filesystem::path path = folder / name;
    if (name.empty() || name.find('\0') != std::string::npos || leads_out(name)) {
        return outside(path, "is not a name in");
    }
    const platform::FileDescriptor root(
        ::open(folder.empty() ? "." : folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root) {
        return std::unexpected(platform::input_error(errno, folder));
    }
    platform::FileDescriptor file =
        platform::open_in_root(root, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (!file) {
        const int why = errno;
        std::error_code unknown;
        return why == ENOENT && std::filesystem::exists(path, unknown)
                   ? outside(path, "is or is behind a link that leads out of")
                   : std::unexpected(platform::input_error(why, path));
    }
    return platform::LargeFile::of(std::move(file), path);
}

}  // namespace

Result<File> File::open(const std::filesystem::path& path) {
    TRILBY_TRY(content, Content::read(platform::LargeFile::open(path), path));
    return File(std::move(content));
}

Result<File> File::open_below(const std::filesystem::path& folder, const std::string& name) {
    TRILBY_TRY(content, Content::read(open_inside(folder, name), folder / name));
    return File(std::move(content));
}

const std::filesystem::path& File::path() const {
    return content_->path;
}

std::uint64_t File::size_bytes() const {
    return content_->file.size_bytes();
}

const std::vector<TensorInfo>& File::tensors() const {
    return content_->header.tensors;
}

const Metadata& File::metadata() const {
    return content_->header.metadata;
}

const TensorInfo* File::find(std::string_view name) const {
    const auto found = content_->by_name.find(name);
    return found == content_->by_name.end() ? nullptr : found->second;
}

Result<void> File::read(const TensorInfo& tensor, std::span<std::byte> into,
                        std::uint64_t first_byte) const {
    if (first_byte > tensor.size_bytes || into.size() > tensor.size_bytes - first_byte) {
        return failure(
            ErrorCode::usage,
            fmt::format("tensor '{}' has {} bytes, expected at least {} after byte {}",
                        printable(tensor.name, 200), tensor.size_bytes, into.size(), first_byte));
    }
    if (!content_->file.read(tensor.offset_bytes + first_byte, into)) {
        return failure(ErrorCode::io,
                       fmt::format("'{}' cannot be read to the end of tensor '{}'", path().string(),
                                   printable(tensor.name, 200)),
                       "check that no other program writes the file");
    }
    return {};
}

}  // namespace trilby::safetensors
