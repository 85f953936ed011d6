// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Prints how long the probe takes inside a process, compared with merely reading the same files,
// for this machine and for one with eight GPUs of eight partitions each.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/file_tree.hpp"
#include "probe/sources.hpp"
#include "report/machine_json.hpp"
#include "support/temporary_folder.hpp"
#include <trilby/probe.hpp>

using namespace trilby;

namespace {

/// Every path that a probe has accessed, once each, by kind of access.
class Accesses : public platform::TreeRecorder {
  public:
    std::set<std::string> files;
    std::set<std::string> folders;
    std::set<std::string> links;
    std::set<std::string> statuses;
    std::set<std::string> missing;

    void note_content(std::string_view path, std::string_view) override { files.emplace(path); }
    void note_names(std::string_view path, const std::vector<std::string>&) override {
        folders.emplace(path);
    }
    void note_link(std::string_view path, std::string_view) override { links.emplace(path); }
    void note_status(std::string_view path, const platform::FileStatus&) override {
        statuses.emplace(path);
    }
    void note_answer(std::string_view, std::string_view) override {}
    void note_missing(std::string_view path, Presence) override { missing.emplace(path); }
};

void read_file(const std::string& path) {
    static char buffer[64 << 10];
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0) {
        while (::read(file, buffer, sizeof buffer) > 0) {
        }
        ::close(file);
    }
}

void read_folder(const std::string& path) {
    if (DIR* folder = ::opendir(path.c_str())) {
        while (::readdir(folder) != nullptr) {
        }
        ::closedir(folder);
    }
}

void read_all(const std::string& root, const Accesses& accesses) {
    for (const std::string& path : accesses.files) {
        read_file(root + path);
    }
    for (const std::string& path : accesses.folders) {
        read_folder(root + path);
    }
    for (const std::string& path : accesses.links) {
        char target[PATH_MAX];
        [[maybe_unused]] const ssize_t length =
            ::readlink((root + path).c_str(), target, sizeof target);
    }
    struct stat status {};
    for (const auto* paths : {&accesses.statuses, &accesses.missing}) {
        for (const std::string& path : *paths) {
            static_cast<void>(::stat((root + path).c_str(), &status));
        }
    }
}

template <class F>
double milliseconds_of(F run) {
    const auto start = std::chrono::steady_clock::now();
    run();
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    return time.count();
}

double median(std::vector<double> times) {
    std::ranges::sort(times);
    return times[times.size() / 2];
}

/// Alternates the measurements, so that other load on the machine affects all of them alike.
void compare(std::string_view name, const std::string& root, int rounds) {
    Accesses accesses;
    static_cast<void>(sources::read_machine(platform::FileTree(root, &accesses), std::nullopt));
    const std::string folder = root == "/" ? "" : root;
    std::vector<double> probe_times;
    std::vector<double> json_times;
    std::vector<double> read_times;
    for (int i = 0; i < rounds; ++i) {
        Machine machine;
        std::string document;
        probe_times.push_back(milliseconds_of([&] { machine = probe({.root = root}); }));
        json_times.push_back(milliseconds_of([&] { document = report::json_text(machine); }));
        read_times.push_back(milliseconds_of([&] { read_all(folder, accesses); }));
    }
    const double probe_ms = median(probe_times);
    const double json_ms = median(json_times);
    const double read_ms = median(read_times);
    fmt::print("{}: probe {:.2f} ms, JSON {:.2f} ms; reading alone {:.2f} ms: {:.1f} x\n", name,
               probe_ms, json_ms, read_ms, (probe_ms + json_ms) / read_ms);
    fmt::print("  ({} files, {} folders, {} links, {} stat calls, {} missing)\n",
               accesses.files.size(), accesses.folders.size(), accesses.links.size(),
               accesses.statuses.size(), accesses.missing.size());
}

constexpr int cards = 8;
constexpr int partitions = 8;
constexpr int cpus = 2;
constexpr int nodes = cpus + cards * partitions;

std::string address_of(int card) {
    return fmt::format("0000:{:02x}:00.0", 5 + 0x10 * card);
}

void add_card(const testing::TemporaryFolder& tree, int card) {
    const std::string folder = "sys/bus/pci/devices/" + address_of(card) + "/";
    const std::pair<const char*, const char*> files[] = {
        {"class", "0x120000\n"},
        {"vendor", "0x1002\n"},
        {"device", "0x74a1\n"},
        {"subsystem_vendor", "0x1002\n"},
        {"subsystem_device", "0x74a1\n"},
        {"numa_node", "0\n"},
        {"resource", "0x0000200000000000 0x0000202fffffffff 0x000000000014220c\n"},
        {"power_state", "D0\n"},
        {"power/runtime_status", "active\n"},
        {"current_link_speed", "32.0 GT/s PCIe\n"},
        {"max_link_speed", "32.0 GT/s PCIe\n"},
        {"current_link_width", "16\n"},
        {"max_link_width", "16\n"},
        {"mem_info_vram_total", "206141652992\n"},
        {"current_compute_partition", "CPX\n"},
        {"current_memory_partition", "NPS4\n"}};
    for (const auto& [name, content] : files) {
        tree.write(folder + name, content);
    }
    std::filesystem::create_symlink("../../../bus/pci/drivers/amdgpu", tree / (folder + "driver"));
}

std::string properties_of(int partition) {
    const int card = partition / partitions;
    const int location = (5 + 0x10 * card) << 8 | (partition % partitions) << 28;
    return fmt::format(
        "cpu_cores_count 0\nsimd_count 152\nmem_banks_count 1\ncaches_count 78\n"
        "io_links_count {}\np2p_links_count 0\ncpu_core_id_base 0\nsimd_id_base 2147488032\n"
        "max_waves_per_simd 8\nlds_size_in_kb 64\ngds_size_in_kb 0\nnum_gws 64\n"
        "wave_front_size 64\narray_count 4\nsimd_arrays_per_engine 1\ncu_per_simd_array 10\n"
        "simd_per_cu 4\nmax_slots_scratch_cu 32\ngfx_target_version 90402\nvendor_id 4098\n"
        "device_id 29857\nlocation_id {}\ndomain 0\ndrm_render_minor {}\nhive_id 7777\n"
        "num_sdma_engines 2\nnum_sdma_xgmi_engines 2\nnum_sdma_queues_per_engine 8\n"
        "num_cp_queues 24\nmax_engine_clk_fcompute 2100\nlocal_mem_size 0\nfw_version 177\n"
        "capability 750461568\ndebug_prop 1495\nsdma_fw_version 22\nunique_id {}\nnum_xcc 1\n"
        "max_engine_clk_ccompute 3800\n",
        nodes - 1, location, 128 + partition, 9'000'000'000 + partition);
}

std::string link_of(int from, int to) {
    return fmt::format(
        "type {}\nversion_major 0\nversion_minor 0\nnode_from {}\nnode_to {}\nweight 15\n"
        "min_latency 0\nmax_latency 0\nmin_bandwidth 64000\nmax_bandwidth 64000\n"
        "recommended_transfer_size 0\nrecommended_sdma_engine_id_mask 0\nflags 1\n",
        to < cpus ? 2 : 11, from, to);
}

void add_partition(const testing::TemporaryFolder& tree, int partition) {
    const int node = cpus + partition;
    const std::string folder = fmt::format("sys/class/kfd/kfd/topology/nodes/{}/", node);
    tree.write(folder + "properties", properties_of(partition));
    tree.write(folder + "mem_banks/0/properties",
               "heap_type 1\nsize_in_bytes 25767706624\nflags 0\nwidth 256\nmem_clk_max 1000\n");
    for (int to = 0, link = 0; to < nodes; ++to) {
        if (to != node) {
            tree.write(fmt::format("{}io_links/{}/properties", folder, link++), link_of(node, to));
        }
    }
    const std::string render_node = fmt::format("renderD{}", 128 + partition);
    tree.write("dev/dri/" + render_node, "");
    std::filesystem::create_directories(tree / "sys/class/drm");
    std::filesystem::create_symlink(
        fmt::format("../../devices/platform/amdgpu_xcp_{}/drm/{}", partition, render_node),
        tree / ("sys/class/drm/" + render_node));
}

void make_partitioned_machine(const testing::TemporaryFolder& tree) {
    for (int card = 0; card < cards; ++card) {
        add_card(tree, card);
    }
    for (int cpu = 0; cpu < cpus; ++cpu) {
        tree.write(fmt::format("sys/class/kfd/kfd/topology/nodes/{}/properties", cpu),
                   "cpu_cores_count 96\nsimd_count 0\n");
    }
    for (int partition = 0; partition < cards * partitions; ++partition) {
        add_partition(tree, partition);
    }
}

}  // namespace

int main() {
    const testing::TemporaryFolder tree;
    make_partitioned_machine(tree);
    compare("this machine", "/", 500);
    compare("64 partitions", tree.path(), 50);
    return EXIT_SUCCESS;
}
