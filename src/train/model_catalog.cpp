// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/model_catalog.hpp"

#include <array>

namespace trilby::train {
namespace {

constexpr std::array mobilenetv3_small_files{
    PublishedFile{"model.safetensors", 10241912,
                  "46d2c063b18125884c48937afa4c49e18128869e52e8db96df48bf0a4d7ff697"}};

constexpr std::array resnet18_files{
    PublishedFile{"model.safetensors", 46807446,
                  "80c49dee3da4822c009c5a7fe591e9223c5a2cfcf95a4067ca4dfb5a7b89c612"}};

constexpr std::array dinov2_small_files{
    PublishedFile{"model.safetensors", 88249960,
                  "ae1e99fcefd534ed978cdeb8326f08030c96e28b7a81ffcbc98a857c84d14be1"}};

constexpr std::array pythia_14m_files{
    PublishedFile{"model.safetensors", 28143920,
                  "116a02532db461f91386a5b20f942ff2c8d4de7341e21b55caafc3d7b25f49a1"}};

constexpr std::array minilm_l6_files{
    PublishedFile{"model.safetensors", 90868376,
                  "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"}};

constexpr std::array chronos_bolt_tiny_files{
    PublishedFile{"model.safetensors", 34622352,
                  "75068728d376d2bec670379eeef4bfb4d24c0cfe24d957451f8d19b447030a32"}};

constexpr std::array catalog{
    Publication{"mobilenetv3-small",
                "MobileNetV3 Small, classifies images into the 1,000 classes of ImageNet, "
                "2.5 million parameters",
                "https://huggingface.co/timm/mobilenetv3_small_100.lamb_in1k/resolve/"
                "1824797e7887cbec1990e4adbd6675960a36c589/",
                "Apache-2.0", mobilenetv3_small_files},
    Publication{"resnet18",
                "ResNet-18, classifies images into the 1,000 classes of ImageNet, "
                "11.7 million parameters",
                "https://huggingface.co/timm/resnet18.a1_in1k/resolve/"
                "491b427b45c94c7fb0e78b5474cc919aff584bbf/",
                "Apache-2.0", resnet18_files},
    Publication{"dinov2-small",
                "DINOv2 ViT-S/14, a backbone for images that was trained without labels, "
                "22 million parameters",
                "https://huggingface.co/facebook/dinov2-small/resolve/"
                "ed25f3a31f01632728cabb09d1542f84ab7b0056/",
                "Apache-2.0", dinov2_small_files},
    Publication{"pythia-14m",
                "Pythia, a language model for English of GPT-NeoX's architecture, "
                "14 million parameters",
                "https://huggingface.co/EleutherAI/pythia-14m/resolve/"
                "cf967c0a9a04383db6f7b1108d86b2962634b4ac/",
                "Apache-2.0", pythia_14m_files},
    Publication{"minilm-l6",
                "all-MiniLM-L6-v2, a BERT that turns sentences into vectors, "
                "22.7 million parameters",
                "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/"
                "1110a243fdf4706b3f48f1d95db1a4f5529b4d41/",
                "Apache-2.0", minilm_l6_files},
    Publication{"chronos-bolt-tiny",
                "Chronos-Bolt, forecasts series with T5's architecture, 9 million parameters",
                "https://huggingface.co/amazon/chronos-bolt-tiny/resolve/"
                "a0e552de83495b5c28c14c71c374f3e33280b340/",
                "Apache-2.0", chronos_bolt_tiny_files},
};

}  // namespace

std::span<const Publication> models() {
    return catalog;
}

Result<const Publication*> find_model(std::string_view name) {
    return find_publication(model_kind, models(), name);
}

Result<std::filesystem::path> locate_model(const Publication& model) {
    return locate_publication(model_kind, model, publication_folders(model_kind, model),
                              fetch_command(model_kind, model));
}

}  // namespace trilby::train
