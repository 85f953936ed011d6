// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/dataset_catalog.hpp"

#include <array>
#include <fmt/format.h>

#include "base/try.hpp"

namespace trilby::train {
namespace {

constexpr std::array fashion_mnist_files{
    PublishedFile{"train-images-idx3-ubyte.gz", 26421880,
                  "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
    PublishedFile{"train-labels-idx1-ubyte.gz", 29515,
                  "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
    PublishedFile{"t10k-images-idx3-ubyte.gz", 4422102,
                  "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
    PublishedFile{"t10k-labels-idx1-ubyte.gz", 5148,
                  "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"},
};

constexpr std::array<std::string_view, 10> fashion_mnist_classes{
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

constexpr std::array diamonds_files{PublishedFile{
    "diamonds.csv", 2772143, "9574730b03aba241d899c4a97511c5061b19358fab89510774fb6c24168345c4"}};

constexpr std::array etth1_files{PublishedFile{
    "ETTh1.csv", 2589657, "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066"}};

constexpr std::array tiny_shakespeare_files{PublishedFile{
    "input.txt", 1115394, "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"}};

constexpr std::array catalog{
    Dataset{{"fashion-mnist", "70,000 gray images of clothes, 28 x 28 pixels, in 10 classes",
             "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
             "MIT", fashion_mnist_files},
            "dataset-fashion-mnist",
            LabeledImages{60'000, 10'000, 28, 28, fashion_mnist_classes, 0.2860, 0.3530}},
    Dataset{{"diamonds", "53,940 diamonds: their price, six measures and three grades",
             "https://raw.githubusercontent.com/mwaskom/seaborn-data/master/", "MIT",
             diamonds_files}},
    Dataset{{"etth1", "17,420 hours of a power transformer: six loads and the oil's temperature",
             "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/main/ETT-small/",
             "CC-BY-ND-4.0", etth1_files}},
    Dataset{{"tiny-shakespeare", "1,115,394 characters of Shakespeare's plays",
             "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/",
             "LicenseRef-public-domain", tiny_shakespeare_files}},
};

std::string how_to_get(const Dataset& dataset) {
    const std::string fetch = fetch_command(dataset_kind, dataset);
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
    return find_publication(dataset_kind, datasets(), name);
}

std::vector<std::filesystem::path> dataset_folders(const Dataset& dataset) {
    std::vector<std::filesystem::path> folders = publication_folders(dataset_kind, dataset);
    folders.push_back(std::filesystem::path("/usr/share/datasets") / dataset.name);
    return folders;
}

Result<std::filesystem::path> locate_dataset(const Dataset& dataset,
                                             const std::optional<std::filesystem::path>& given) {
    if (!given) {
        return locate_publication(dataset_kind, dataset, dataset_folders(dataset),
                                  how_to_get(dataset));
    }
    TRILBY_TRY(missing, first_missing_file(dataset, *given));
    if (missing.empty()) {
        return *given;
    }
    return failure(ErrorCode::no_input,
                   fmt::format("'{}' has no file {}", given->string(), missing),
                   fmt::format("give a folder with {} as published", files_text(dataset)));
}

}  // namespace trilby::train
