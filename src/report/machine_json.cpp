// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/machine_json.hpp"

#include <array>
#include <concepts>

#include "base/text.hpp"

namespace trilby::report {
namespace {

json::value plain(const std::string& text) {
    return json::value(printable(text));
}
template <std::integral T>
json::value plain(T number) {
    return json::value(number);
}
json::value plain(double number) {
    return json::value(number);
}
json::value plain(ContainerKind kind) {
    return json::value(container_name(kind));
}
json::value plain(const DeviceNode& node);
json::value plain(const DrmNode& node);
json::value plain(const KernelDriver& driver);
json::value plain(const AmdGpu& gpu);
json::value plain(const Cache& cache);
json::value plain(const CdiSpecification& specification);
json::value plain(const LibraryFile& library);
json::value plain(const Host& host);
json::value plain(const KfdLink& link);
json::value plain(const KfdNode& node);
json::value plain(const LibTorch& libtorch);
json::value plain(const MigInstance& instance);
json::value plain(const ModuleParameter& parameter);
json::value plain(const NvidiaGpu& gpu);
json::value plain(const PciDevice& device);
json::value plain(const Runtime& runtime);
json::value plain(const RuntimeDevice& device);

template <class T>
json::value plain(const std::vector<T>& elements) {
    json::array list;
    for (const T& element : elements) {
        list.push_back(plain(element));
    }
    return list;
}

template <class T>
json::object observed(const Observed<T>& fact) {
    return {{"value", fact ? plain(*fact) : json::value(nullptr)},
            {"presence", presence_name(fact.presence())},
            {"source", printable(fact.source())}};
}

json::value plain(const DeviceNode& node) {
    return json::object{{"path", printable(node.path)},
                        {"mode", observed(node.mode)},
                        {"owner_id", observed(node.owner_id)},
                        {"group_id", observed(node.group_id)},
                        {"may_open", observed(node.may_open)}};
}

json::value plain(const DrmNode& node) {
    return json::object{{"name", printable(node.name)},
                        {"pci_address", observed(node.pci_address)},
                        {"node", observed(node.node)}};
}

json::value plain(const KernelDriver& driver) {
    return json::object{{"name", printable(driver.name)},
                        {"version", observed(driver.version)},
                        {"flavour", observed(driver.flavour)}};
}

json::object section(const PciLink& link) {
    return {{"speed_gt_per_s", observed(link.speed_gt_per_s)},
            {"max_speed_gt_per_s", observed(link.max_speed_gt_per_s)},
            {"width", observed(link.width)},
            {"max_width", observed(link.max_width)}};
}

json::value plain(const PciDevice& device) {
    return json::object{{"address", printable(device.address)},
                        {"class_code", observed(device.class_code)},
                        {"vendor_id", observed(device.vendor_id)},
                        {"device_id", observed(device.device_id)},
                        {"subsystem_vendor_id", observed(device.subsystem_vendor_id)},
                        {"subsystem_device_id", observed(device.subsystem_device_id)},
                        {"vendor_name", observed(device.vendor_name)},
                        {"device_name", observed(device.device_name)},
                        {"driver", observed(device.driver)},
                        {"numa_node", observed(device.numa_node)},
                        {"link", section(device.link)},
                        {"largest_bar_bytes", observed(device.largest_bar_bytes)},
                        {"largest_possible_bar_bytes", observed(device.largest_possible_bar_bytes)},
                        {"iommu_group", observed(device.iommu_group)},
                        {"power_state", observed(device.power_state)},
                        {"runtime_status", observed(device.runtime_status)},
                        {"virtual_functions", observed(device.virtual_functions)},
                        {"max_virtual_functions", observed(device.max_virtual_functions)},
                        {"physical_function", observed(device.physical_function)}};
}

json::value plain(const Cache& cache) {
    return json::object{{"level", observed(cache.level)},
                        {"size_bytes", observed(cache.size_bytes)},
                        {"shared_by_cpus", observed(cache.shared_by_cpus)}};
}

json::value plain(const ModuleParameter& parameter) {
    return json::object{{"name", parameter.name}, {"value", observed(parameter.value)}};
}

json::value plain(const MigInstance& instance) {
    return json::object{{"gpu_instance", instance.gpu_instance},
                        {"compute_instances", plain(instance.compute_instances)}};
}

json::value plain(const NvidiaGpu& gpu) {
    return json::object{
        {"pci_address", printable(gpu.pci_address)},   {"model", observed(gpu.model)},
        {"video_bios", observed(gpu.video_bios)},      {"gsp_firmware", observed(gpu.gsp_firmware)},
        {"device_minor", observed(gpu.device_minor)},  {"is_excluded", observed(gpu.is_excluded)},
        {"mig_instances", observed(gpu.mig_instances)}};
}

json::value plain(const AmdGpu& gpu) {
    return json::object{{"pci_address", printable(gpu.pci_address)},
                        {"vram_bytes", observed(gpu.vram_bytes)},
                        {"gtt_bytes", observed(gpu.gtt_bytes)},
                        {"compute_partition", observed(gpu.compute_partition)},
                        {"memory_partition", observed(gpu.memory_partition)},
                        {"graphics_version", observed(gpu.graphics_version)},
                        {"compute_firmware", observed(gpu.compute_firmware)},
                        {"scheduler_firmware", observed(gpu.scheduler_firmware)},
                        {"performance_level", observed(gpu.performance_level)},
                        {"vram_used_bytes", observed(gpu.vram_used_bytes)},
                        {"iommu_domain", observed(gpu.iommu_domain)},
                        {"has_crash_dump", observed(gpu.has_crash_dump)}};
}

json::value plain(const CdiSpecification& specification) {
    return json::object{{"path", printable(specification.path)},
                        {"kind", observed(specification.kind)},
                        {"driver_version", observed(specification.driver_version)},
                        {"missing_path", observed(specification.missing_path)}};
}

json::value plain(const LibraryFile& library) {
    return json::object{{"name", printable(library.name)},
                        {"path", printable(library.path)},
                        {"version", observed(library.version)}};
}

json::value plain(const KfdLink& link) {
    return json::object{{"kind", observed(link.kind)},
                        {"to_node", observed(link.to_node)},
                        {"is_peer_to_peer", link.is_peer_to_peer},
                        {"weight", observed(link.weight)},
                        {"max_bandwidth_mb_per_s", observed(link.max_bandwidth_mb_per_s)}};
}

json::value plain(const KfdNode& node) {
    return json::object{{"number", node.number},
                        {"gfx_target", observed(node.gfx_target)},
                        {"pci_address", observed(node.pci_address)},
                        {"partition", observed(node.partition)},
                        {"simd_count", observed(node.simd_count)},
                        {"compute_units", observed(node.compute_units)},
                        {"wavefront_lanes", observed(node.wavefront_lanes)},
                        {"max_clock_mhz", observed(node.max_clock_mhz)},
                        {"vram_bytes", observed(node.vram_bytes)},
                        {"drm_node", observed(node.drm_node)},
                        {"firmware_version", observed(node.firmware_version)},
                        {"sdma_firmware_version", observed(node.sdma_firmware_version)},
                        {"links", observed(node.links)}};
}

json::value plain(const RuntimeDevice& device) {
    return json::object{{"name", observed(device.name)},
                        {"pci_address", observed(device.pci_address)},
                        {"architecture", observed(device.architecture)},
                        {"memory_total_bytes", observed(device.memory_total_bytes)},
                        {"memory_used_bytes", observed(device.memory_used_bytes)},
                        {"compute_units", observed(device.compute_units)},
                        {"is_partitioned", observed(device.is_partitioned)},
                        {"has_ecc", observed(device.has_ecc)},
                        {"problem", observed(device.problem)}};
}

json::value plain(const Runtime& runtime) {
    return json::object{{"name", printable(runtime.name)},
                        {"state", runtime_state_name(runtime.state)},
                        {"message", observed(runtime.message)},
                        {"library", observed(runtime.library)},
                        {"library_version", observed(runtime.library_version)},
                        {"driver_version", observed(runtime.driver_version)},
                        {"api_version", observed(runtime.api_version)},
                        {"devices", observed(runtime.devices)}};
}

json::value plain(const LibTorch& libtorch) {
    return json::object{{"folder", printable(libtorch.folder)},
                        {"version", observed(libtorch.version)},
                        {"flavour", observed(libtorch.flavour)},
                        {"cuda_version", observed(libtorch.cuda_version)},
                        {"hip_version", observed(libtorch.hip_version)},
                        {"foreign_hip", observed(libtorch.foreign_hip)},
                        {"gpu_targets", observed(libtorch.gpu_targets)},
                        {"blas", observed(libtorch.blas)},
                        {"has_onednn", observed(libtorch.has_onednn)},
                        {"has_gloo", observed(libtorch.has_gloo)},
                        {"has_nccl", observed(libtorch.has_nccl)},
                        {"has_rccl", observed(libtorch.has_rccl)},
                        {"has_mpi", observed(libtorch.has_mpi)}};
}

json::object section(const OperatingSystem& os) {
    return {{"pretty_name", observed(os.pretty_name)},
            {"id", observed(os.id)},
            {"id_like", observed(os.id_like)},
            {"version_id", observed(os.version_id)},
            {"kernel_release", observed(os.kernel_release)}};
}

json::value plain(const Host& host) {
    return json::object{{"os", section(host.os)},
                        {"is_atomic", observed(host.is_atomic)},
                        {"device_nodes", observed(host.device_nodes)},
                        {"libraries", observed(host.libraries)}};
}

json::object section(const Kernel& kernel) {
    return {{"boot_parameters", observed(kernel.boot_parameters)},
            {"module_parameters", plain(kernel.module_parameters)},
            {"secure_boot", observed(kernel.secure_boot)},
            {"lockdown", observed(kernel.lockdown)},
            {"selinux", observed(kernel.selinux)},
            {"transparent_huge_pages", observed(kernel.transparent_huge_pages)}};
}

json::object section(const Cpu& cpu) {
    return {{"vendor", observed(cpu.vendor)},
            {"model", observed(cpu.model)},
            {"architecture", observed(cpu.architecture)},
            {"packages", observed(cpu.packages)},
            {"cores", observed(cpu.cores)},
            {"logical_cpus_online", observed(cpu.logical_cpus_online)},
            {"usable_cpus", observed(cpu.usable_cpus)},
            {"features", observed(cpu.features)},
            {"isa_level", observed(cpu.isa_level)},
            {"caches", observed(cpu.caches)},
            {"governor", observed(cpu.governor)}};
}

json::object section(const Memory& memory) {
    return {{"total_bytes", observed(memory.total_bytes)},
            {"available_bytes", observed(memory.available_bytes)},
            {"swap_total_bytes", observed(memory.swap_total_bytes)},
            {"control_group_limit_bytes", observed(memory.control_group_limit_bytes)},
            {"numa_nodes", observed(memory.numa_nodes)},
            {"huge_pages", observed(memory.huge_pages)},
            {"huge_page_bytes", observed(memory.huge_page_bytes)}};
}

}  // namespace

json::object to_json(const Machine& machine) {
    return {{"schema", 1},
            {"os", section(machine.os)},
            {"kernel", section(machine.kernel)},
            {"container", json::object{{"kind", observed(machine.container.kind)},
                                       {"image", observed(machine.container.image)}}},
            {"host", observed(machine.host)},
            {"cpu", section(machine.cpu)},
            {"memory", section(machine.memory)},
            {"pci_devices", observed(machine.pci_devices)},
            {"drm_nodes", observed(machine.drm_nodes)},
            {"nvidia_gpus", observed(machine.nvidia_gpus)},
            {"amd_gpus", observed(machine.amd_gpus)},
            {"kfd_nodes", observed(machine.kfd_nodes)},
            {"drivers", observed(machine.drivers)},
            {"device_nodes", observed(machine.device_nodes)},
            {"cdi_specifications", observed(machine.cdi_specifications)},
            {"libraries", observed(machine.libraries)},
            {"libtorch", observed(machine.libtorch)},
            {"runtimes", observed(machine.runtimes)}};
}

std::string_view presence_name(Presence presence) {
    constexpr std::array<std::string_view, 4> names{"present", "absent", "denied", "malformed"};
    return names[static_cast<std::size_t>(presence)];
}

}  // namespace trilby::report
