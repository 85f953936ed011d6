// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/dataset_catalog.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "install/folders.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::train {
namespace {

constexpr std::array fashion_mnist_files{
    DatasetFile{"train-images-idx3-ubyte.gz", 26421880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
    DatasetFile{"train-labels-idx1-ubyte.gz", 29515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
    DatasetFile{"t10k-images-idx3-ubyte.gz", 4422102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
    DatasetFile{"t10k-labels-idx1-ubyte.gz", 5148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"},
};

constexpr std::array<std::string_view, 10> fashion_mnist_classes{
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

constexpr std::array diamonds_files{DatasetFile{
    "diamonds.csv", 2772143, "9574730b03aba241d899c4a97511c5061b19358fab89510774fb6c24168345c4"}};

constexpr std::array etth1_files{DatasetFile{
    "ETTh1.csv", 2589657, "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066"}};

constexpr std::array tiny_shakespeare_files{DatasetFile{
    "input.txt", 1115394, "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"}};

constexpr std::array catalog{
    Dataset{"fashion-mnist", "70,000 gray images of clothes, 28 x 28 pixels, in 10 classes",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "MIT", "dataset-fashion-mnist", fashion_mnist_files,
            LabeledImages{60'000, 10'000, 28, 28, fashion_mnist_classes, 0.2860, 0.3530}},
    Dataset{"diamonds", "53,940 diamonds: their price, six measures and three grades",
            "https://raw.githubusercontent.com/mwaskom/seaborn-data/master/", "MIT", "",
            diamonds_files},
    Dataset{"etth1", "17,420 hours of a power transformer: six loads and the oil's temperature",
            "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/main/ETT-small/", "CC-BY-ND-4.0",
            "", etth1_files},
    Dataset{"tiny-shakespeare", "1,115,394 characters of Shakespeare's plays",
            "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/",
            "LicenseRef-public-domain", "", tiny_shakespeare_files},
};

/// The first file that a folder lacks, or empty. ErrorCode::io if that cannot be found out.
Result<std::string_view> first_missing_file(const Dataset& dataset,
                                            const std::filesystem::path& folder) {
    for (const DatasetFile& file : dataset.files) {
        const std::filesystem::path path = folder / file.name;
        std::error_code error;
        const auto type = std::filesystem::status(path, error).type();
        if (error && type != std::filesystem::file_type::not_found) {
            Error unknown = platform::input_error(error.value(), path);
            unknown.code = ErrorCode::io;
            return std::unexpected(std::move(unknown));
        }
        if (type != std::filesystem::file_type::regular) {
            return file.name;
        }
    }
    return {};
}

std::string how_to_get(const Dataset& dataset) {
    const std::string fetch = fmt::format("'trilby data fetch {}'", dataset.name);
    std::error_code ignored;
    const bool is_debian = std::filesystem::exists("/etc/debian_version", ignored);
    if (is_debian && !dataset.debian_package.empty()) {
        return fmt::format("'sudo apt install {}', or {}", dataset.debian_package, fetch);
    }
    return fetch + ", or give its folder with --data";
}

}  // namespace

std::span<const Dataset> datasets() {
    return catalog;
}

Result<const Dataset*> find_dataset(std::string_view name) {
    const auto* found = std::ranges::find(catalog, name, &Dataset::name);
    if (found != catalog.end()) {
        return found;
    }
    std::vector<std::string_view> names;
    for (const Dataset& dataset : catalog) {
        names.push_back(dataset.name);
    }
    return failure(
        ErrorCode::usage,
        fmt::format("unknown data set '{}'{}", printable(name, 64), did_you_mean(name, names)),
        fmt::format("the data sets are: {}", fmt::join(names, ", ")));
}

std::filesystem::path fetched_dataset_folder(const Dataset& dataset) {
    const std::filesystem::path user_folder = install::user_data_folder();
    return user_folder.empty() ? user_folder : user_folder / "datasets" / dataset.name;
}

std::vector<std::filesystem::path> dataset_folders(const Dataset& dataset) {
    std::vector<std::filesystem::path> folders;
    if (const auto fetched = fetched_dataset_folder(dataset); !fetched.empty()) {
        folders.push_back(fetched);
    }
    folders.push_back(install::layout().data_folder / "datasets" / dataset.name);
    folders.push_back(std::filesystem::path("/usr/share/datasets") / dataset.name);
    return folders;
}

Result<std::filesystem::path> locate_dataset(const Dataset& dataset,
                                             const std::optional<std::filesystem::path>& given) {
    if (given) {
        TRILBY_TRY(missing, first_missing_file(dataset, *given));
        if (missing.empty()) {
            return *given;
        }
        return failure(
            ErrorCode::no_input, fmt::format("'{}' has no file {}", given->string(), missing),
            fmt::format(
                "give a folder with {} as published",
                dataset.files.size() == 1
                    ? dataset.files.front().name
                    : fmt::format("the {} files of {}", dataset.files.size(), dataset.name)));
    }
    const std::vector<std::filesystem::path> folders = dataset_folders(dataset);
    std::vector<std::string> searched;
    std::optional<Error> unknown;
    for (const auto& folder : folders) {
        const auto missing = first_missing_file(dataset, folder);
        if (missing && missing->empty()) {
            return folder;
        }
        if (!missing) {
            unknown = missing.error();
        }
        searched.push_back(folder.string());
    }
    if (unknown) {
        return std::unexpected(*unknown);
    }
    return failure(ErrorCode::no_input,
                   fmt::format("the data set {} is not on this machine; searched {}", dataset.name,
                               fmt::join(searched, ", ")),
                   how_to_get(dataset));
}

}  // namespace trilby::train
