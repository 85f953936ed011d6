// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "platform/parallel.hpp"
#include "probe/properties.hpp"
#include "probe/sources.hpp"
#include "probe/sysfs.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;
using Devices = Observed<std::vector<PciDevice>>;

constexpr std::string_view nodes_path = "/sys/class/kfd/kfd/topology/nodes";

/// 90010 is gfx90a: the major number in decimal, minor and stepping as one hexadecimal digit each.
std::optional<std::string> gfx_name(std::uint32_t version) {
    const std::uint32_t major = version / 10'000;
    const std::uint32_t minor = version / 100 % 100;
    const std::uint32_t stepping = version % 100;
    if (major == 0 || minor > 0xf || stepping > 0xf) {
        return std::nullopt;
    }
    return fmt::format("gfx{}{:x}{:x}", major, minor, stepping);
}

std::string pci_address(std::uint32_t domain, std::uint32_t location, std::uint32_t function) {
    return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", domain, location >> 8 & 0xff,
                       location >> 3 & 0x1f, function);
}

struct Place {
    Text address;
    Observed<std::uint32_t> partition;
};

/// The driver stores the partition number in bits 28 to 31 of the location. Older drivers store it
/// as the function number: that function is not on the bus, and the card is function 0.
Place place_of(const Properties& properties, const Devices& devices) {
    const auto location = properties.number<std::uint32_t>("location_id");
    if (!location) {
        return {Text::missing(location.presence(), location.source()),
                Observed<std::uint32_t>::missing(location.presence(), location.source())};
    }
    const std::uint32_t domain = properties.number<std::uint32_t>("domain").value_or(0);
    const std::uint32_t function = *location & 0x7;
    const auto is_on_the_bus = [&](std::uint32_t number) {
        return devices && std::ranges::find(*devices, pci_address(domain, *location, number),
                                            &PciDevice::address) != devices->end();
    };
    const bool is_partition_in_function =
        function != 0 && !is_on_the_bus(function) && is_on_the_bus(0);
    const std::uint32_t partition = is_partition_in_function ? function : *location >> 28;
    return {Text::present(pci_address(domain, *location, is_partition_in_function ? 0 : function),
                          location.source()),
            partition != 0 ? Observed<std::uint32_t>::present(partition, location.source())
                           : Observed<std::uint32_t>::missing(Presence::absent, location.source())};
}

Observed<std::uint32_t> compute_units(const Properties& properties) {
    const auto simds = properties.number<std::uint32_t>("simd_count");
    const auto simds_per_unit = properties.number<std::uint32_t>("simd_per_cu");
    return simds.parse([&](std::uint32_t count) -> std::optional<std::uint32_t> {
        const std::uint32_t divisor = simds_per_unit.value_or(0);
        return divisor != 0 && count % divisor == 0 ? std::optional(count / divisor) : std::nullopt;
    });
}

/// The sum of the banks of the card's own memory, visible to the host or not.
Observed<std::uint64_t> read_vram(const FileTree& tree, const std::string& node) {
    using Bytes = Observed<std::uint64_t>;
    constexpr std::uint32_t first_vram_heap = 1;
    constexpr std::uint32_t last_vram_heap = 2;
    const std::string folder = node + "/mem_banks";
    const auto banks = tree.list(folder);
    if (!banks) {
        return Bytes::missing(banks.presence(), banks.source());
    }
    std::uint64_t total = 0;
    for (const std::string& bank : *banks) {
        const Properties properties(tree, folder + "/" + bank + "/properties");
        const auto heap = properties.number<std::uint32_t>("heap_type");
        const auto size = properties.number<std::uint64_t>("size_in_bytes");
        if (!heap || !size || total + *size < total) {
            const Presence why =
                heap && size ? Presence::malformed : (heap ? size.presence() : heap.presence());
            return Bytes::missing(why, properties.source());
        }
        if (*heap >= first_vram_heap && *heap <= last_vram_heap) {
            total += *size;
        }
    }
    return Bytes::present(total, folder);
}

std::optional<std::string> link_kind(std::uint32_t type) {
    constexpr std::uint32_t pcie = 2;
    constexpr std::uint32_t xgmi = 11;
    return type == pcie ? "pcie" : type == xgmi ? "xgmi" : fmt::format("type {}", type);
}

KfdLink read_link(const Properties& properties, bool is_peer_to_peer) {
    return {.kind = properties.number<std::uint32_t>("type").parse(link_kind),
            .to_node = properties.number<std::uint32_t>("node_to"),
            .is_peer_to_peer = is_peer_to_peer,
            .weight = properties.number<std::uint32_t>("weight"),
            .max_bandwidth_mb_per_s = properties.number<std::uint64_t>("max_bandwidth")};
}

/// There are thousands of links, and the short paths below a folder are faster to open.
std::vector<Properties> read_all(const FileTree& tree, const std::string& folder,
                                 const std::vector<std::string>& names) {
    const FileTree below = tree.below(folder);
    std::vector<Properties> all;
    for (const std::string& name : names) {
        const std::string path = "/" + name + "/properties";
        all.emplace_back(below, path, folder + path);
    }
    return all;
}

Observed<std::vector<KfdLink>> read_links(const FileTree& tree, const std::string& node) {
    using Links = Observed<std::vector<KfdLink>>;
    struct Kind {
        const char* folder;
        bool is_peer_to_peer;
    };
    std::vector<KfdLink> links;
    for (const Kind kind : {Kind{"/io_links", false}, Kind{"/p2p_links", true}}) {
        const std::string folder = node + kind.folder;
        const auto names = tree.list(folder);
        const bool may_be_absent = kind.is_peer_to_peer;
        if (names.is_unreadable() || (!names && !may_be_absent)) {
            return Links::missing(names.presence(), names.source());
        }
        for (const Properties& link : read_all(tree, folder, names.value_or({}))) {
            links.push_back(read_link(link, kind.is_peer_to_peer));
        }
    }
    return Links::present(std::move(links), node + "/io_links");
}

/// The driver reports the minor number 0 if there is no render node.
Text render_node(const Properties& properties) {
    const auto minor = properties.number<std::uint32_t>("drm_render_minor");
    if (minor.value_or(1) == 0) {
        return Text::missing(Presence::absent, minor.source());
    }
    return minor.parse(
        [](std::uint32_t number) { return std::optional(fmt::format("renderD{}", number)); });
}

KfdNode read_node(const FileTree& tree, const std::string& folder, std::uint32_t number,
                  const Properties& properties, const Devices& devices) {
    const Place place = place_of(properties, devices);
    KfdNode node;
    node.number = number;
    node.gfx_target = properties.number<std::uint32_t>("gfx_target_version").parse(gfx_name);
    node.pci_address = place.address;
    node.partition = place.partition;
    node.simd_count = properties.number<std::uint32_t>("simd_count");
    node.compute_units = compute_units(properties);
    node.wavefront_lanes = properties.number<std::uint32_t>("wave_front_size");
    node.max_clock_mhz =
        unless_placeholder(properties.number<std::uint32_t>("max_engine_clk_fcompute"));
    node.vram_bytes = read_vram(tree, folder);
    node.drm_node = render_node(properties);
    node.firmware_version = unless_placeholder(properties.number<std::uint32_t>("fw_version"));
    node.sdma_firmware_version =
        unless_placeholder(properties.number<std::uint32_t>("sdma_fw_version"));
    node.links = read_links(tree, folder);
    return node;
}

/// The driver does not number the first partition, which therefore looks like a whole card.
void number_first_partitions(std::vector<KfdNode>& nodes) {
    for (KfdNode& node : nodes) {
        const bool has_siblings = std::ranges::any_of(nodes, [&](const KfdNode& other) {
            return other.partition && node.pci_address &&
                   other.pci_address.value_or("") == *node.pci_address;
        });
        if (has_siblings && node.partition.presence() == Presence::absent) {
            node.partition = Observed<std::uint32_t>::present(0, node.partition.source());
        }
    }
}

/// CPUs are nodes too. An unreadable node is a GPU: the driver never hides a CPU.
bool is_gpu(const Properties& properties) {
    const auto simds = properties.number<std::uint32_t>("simd_count");
    return simds ? *simds > 0 : simds.presence() != Presence::absent;
}

/// Nothing if `name` is not a node or is the node of a CPU.
std::optional<KfdNode> read_gpu(const FileTree& tree, const std::string& name,
                                const Devices& devices) {
    const auto number = parse_number<std::uint32_t>(name);
    if (!number) {
        return std::nullopt;
    }
    const std::string folder = fmt::format("{}/{}", nodes_path, name);
    const Properties properties(tree, folder + "/properties");
    return is_gpu(properties) ? std::optional(read_node(tree, folder, *number, properties, devices))
                              : std::nullopt;
}

}  // namespace

Observed<std::vector<KfdNode>> read_kfd_nodes(const FileTree& tree, const Devices& devices) {
    using Nodes = Observed<std::vector<KfdNode>>;
    const auto names = tree.list(nodes_path);
    if (!names) {
        return Nodes::missing(names.presence(), names.source());
    }
    std::vector<std::optional<KfdNode>> found(names->size());
    // Each node has dozens of files; eight cards with eight partitions each have thousands.
    constexpr std::size_t max_threads = 8;
    platform::for_each_index(
        names->size(), tree.has_recorder() ? 1 : max_threads,
        [&](std::size_t index) { found[index] = read_gpu(tree, (*names)[index], devices); });
    std::vector<KfdNode> nodes;
    for (std::optional<KfdNode>& node : found) {
        if (node) {
            nodes.push_back(std::move(*node));
        }
    }
    number_first_partitions(nodes);
    return Nodes::present(std::move(nodes), names.source());
}

}  // namespace trilby::sources
