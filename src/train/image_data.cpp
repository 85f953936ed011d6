// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/image_data.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/try.hpp"
#include "base/units.hpp"
#include "data/idx.hpp"
#include "platform/atomic_file.hpp"
#include "train/network.hpp"

namespace trilby::train {
namespace {

constexpr const char* memory_name = "trilby-images";

std::unexpected<Error> memory_error(const char* doing) {
    const Error error = platform::system_error(errno, doing, "shared memory");
    return failure(error.code, error.message,
                   "close other programs: the data set needs that much memory");
}

Result<data::IdxFile> open_with_shape(const std::filesystem::path& path,
                                      const std::vector<std::int64_t>& expected) {
    TRILBY_TRY(file, data::IdxFile::open(path));
    if (file.shape() != expected) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' holds an array of {}, expected {}", path.string(),
                                   format_shape(file.shape()), format_shape(expected)),
                       "check whether files are swapped or belong to another data set");
    }
    return std::move(file);
}

Result<void> check_labels(const std::filesystem::path& path, std::span<const std::byte> labels,
                          std::int64_t classes) {
    const auto wrong = std::ranges::find_if(
        labels, [&](std::byte label) { return std::to_integer<std::int64_t>(label) >= classes; });
    if (wrong == labels.end()) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("'{}': label {} is {}, expected 0 to {}", path.string(),
                               wrong - labels.begin(), std::to_integer<int>(*wrong), classes - 1),
                   "check whether the file belongs to another data set");
}

/// A writable mapping for a scope.
class Mapping {
  public:
    Mapping(int fd, std::size_t size)
        : address_(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)), size_(size) {}
    ~Mapping() {
        if (*this) {
            ::munmap(address_, size_);
        }
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    explicit operator bool() const { return address_ != MAP_FAILED; }
    [[nodiscard]] std::span<std::byte> bytes() const {
        return {static_cast<std::byte*>(address_), size_};
    }

  private:
    void* address_;
    std::size_t size_;
};

/// Reads the four files into their places.
Result<void> fill(std::span<std::byte> memory, const ImageLayout& layout, const Dataset& dataset,
                  const std::filesystem::path& folder) {
    struct Part {
        std::size_t file;  ///< index in dataset.files
        std::vector<std::int64_t> shape;
        bool are_labels;
    };
    const std::array parts{
        Part{0, {layout.training_count, layout.height, layout.width}, false},
        Part{2, {layout.test_count, layout.height, layout.width}, false},
        Part{1, {layout.training_count}, true},
        Part{3, {layout.test_count}, true},
    };
    for (const Part& part : parts) {
        const std::filesystem::path path = folder / dataset.files[part.file].name;
        TRILBY_TRY(file, open_with_shape(path, part.shape));
        const std::span<std::byte> place = memory.first(file.size_bytes());
        TRILBY_CHECK(file.read(place));
        if (part.are_labels) {
            TRILBY_CHECK(check_labels(path, place, layout.classes));
        }
        memory = memory.subspan(place.size());
    }
    return {};
}

}  // namespace

std::size_t ImageLayout::training_images_bytes() const {
    return static_cast<std::size_t>(training_count * height * width);
}

std::size_t ImageLayout::test_images_bytes() const {
    return static_cast<std::size_t>(test_count * height * width);
}

std::size_t ImageLayout::total_bytes() const {
    return training_images_bytes() + test_images_bytes() +
           static_cast<std::size_t>(training_count + test_count);
}

json::object to_json(const ImageLayout& layout) {
    return {{"training_count", layout.training_count},
            {"test_count", layout.test_count},
            {"height", layout.height},
            {"width", layout.width},
            {"classes", layout.classes},
            {"pixel_mean", layout.pixel_mean},
            {"pixel_deviation", layout.pixel_deviation}};
}

Result<ImageLayout> parse_image_layout(const json::object& document) {
    constexpr std::int64_t count_limit = 1'000'000'000;
    constexpr std::int64_t side_limit = 65'536;
    ImageLayout layout;
    struct Row {
        const char* key;
        std::int64_t* value;
        std::int64_t limit;
    };
    const std::array rows{Row{"training_count", &layout.training_count, count_limit},
                          Row{"test_count", &layout.test_count, count_limit},
                          Row{"height", &layout.height, side_limit},
                          Row{"width", &layout.width, side_limit},
                          Row{"classes", &layout.classes, 256}};
    for (const Row& row : rows) {
        TRILBY_TRY(value, json::get_integer(document, row.key, "images"));
        if (value < 1 || value > row.limit) {
            return failure(ErrorCode::bad_data, fmt::format("images: '{}' is {}, expected 1 to {}",
                                                            row.key, value, row.limit));
        }
        *row.value = value;
    }
    TRILBY_TRY(mean, json::get_number(document, "pixel_mean", "images"));
    TRILBY_TRY(deviation, json::get_number(document, "pixel_deviation", "images"));
    layout.pixel_mean = mean;
    layout.pixel_deviation = deviation;
    return layout;
}

ImageLayout layout_of(const Dataset& dataset) {
    return {.training_count = dataset.training_count,
            .test_count = dataset.test_count,
            .height = dataset.height,
            .width = dataset.width,
            .classes = dataset.classes,
            .pixel_mean = dataset.pixel_mean,
            .pixel_deviation = dataset.pixel_deviation};
}

Result<platform::FileDescriptor> reserve_images(const ImageLayout& layout) {
    platform::FileDescriptor memory(::memfd_create(memory_name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!memory || ::ftruncate(memory.get(), static_cast<off_t>(layout.total_bytes())) != 0) {
        return memory_error("reserve");
    }
    return memory;
}

Result<void> fill_images(const platform::FileDescriptor& memory, const Dataset& dataset,
                         const std::filesystem::path& folder) {
    const ImageLayout layout = layout_of(dataset);
    {
        const Mapping mapping(memory.get(), layout.total_bytes());
        if (!mapping) {
            return memory_error("map");
        }
        TRILBY_CHECK(fill(mapping.bytes(), layout, dataset, folder));
    }
    // Sealing requires that no writable mapping exists.
    if (::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
        return memory_error("seal");
    }
    return {};
}

Result<MappedImages> MappedImages::map(int memory, const ImageLayout& layout) {
    struct stat info {};
    if (::fstat(memory, &info) != 0 ||
        static_cast<std::size_t>(info.st_size) != layout.total_bytes()) {
        return failure(ErrorCode::bad_data, fmt::format("the shared images are not {} long",
                                                        format_bytes(layout.total_bytes())));
    }
    void* address =
        ::mmap(nullptr, layout.total_bytes(), PROT_READ, MAP_SHARED | MAP_POPULATE, memory, 0);
    if (address == MAP_FAILED) {
        return memory_error("map");
    }
    return MappedImages({static_cast<const std::uint8_t*>(address), layout.total_bytes()}, layout);
}

MappedImages::MappedImages(MappedImages&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})), layout_(other.layout_) {}

MappedImages::~MappedImages() {
    if (!bytes_.empty()) {
        ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
    }
}

std::span<const std::uint8_t> MappedImages::training_images() const {
    return bytes_.first(layout_.training_images_bytes());
}

std::span<const std::uint8_t> MappedImages::test_images() const {
    return bytes_.subspan(layout_.training_images_bytes(), layout_.test_images_bytes());
}

std::span<const std::uint8_t> MappedImages::training_labels() const {
    return bytes_.last(static_cast<std::size_t>(layout_.training_count + layout_.test_count))
        .first(static_cast<std::size_t>(layout_.training_count));
}

std::span<const std::uint8_t> MappedImages::test_labels() const {
    return bytes_.last(static_cast<std::size_t>(layout_.test_count));
}

}  // namespace trilby::train
