// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/known_words.hpp"

#include <algorithm>
#include <array>
#include <boost/pfr.hpp>
#include <string>
#include <unordered_set>

#include "base/text.hpp"
#include "machine/cpu_features.hpp"
#include "machine/watched.hpp"

namespace trilby::recording {
namespace {

constexpr auto topics = std::to_array<std::string_view>({
    // Folders and files of Linux
    R"(alsa alternatives app atomic bin boot booted cache cdi conf container containerenv cvmfs d
daemon default dev devices dist distroboxenv dm docker dockerenv etc file filename flatpak
freedesktop fs gb gib gl gone home host hosts hwdata ids include info init io json kb kib
kubernetes ld lib libexec libx32 local log luks machine mapper mb media mib mnt modprobe opt
os osrelease ostree override packages partition passwd platform preload priority proc release
repo repos root rules run sbin scope secrets service session share site size slice snap so
src srv state swap swapfile swaps sys system systemd tb tmp toolboxenv toolbxenv type udev
used user usr var yaml yml zram)",
    // The kernel
    R"(accel acpi action active add address aer ahci alias all always arch ast attr audio auto
available balancing banks besteffort bios blacklist blkio block bochs brd burstable bus bytes
c cap capabilities caps card cfs cgroup change char character class clk cmdline compatible
confidentiality config conmon conservative containerd control controllers core cores count
cppc cpu cpuacct cpufreq cpuid cpuinfo cpus cpuset cpx cri crio crun ctl current cx16 d3cold
d3hot data debug deep dep depth devcoredump die disable discovery dma dmi domain dpm dpx dri
driver drivers drm dxgkrnl dynamic edac efi efifb efivars ehci enable enabled enforce
enforcing engine env epp error extra extramodules false fbdev fcompute files firmware fq
framebuffer freezer freq front fw gc gnome goto governor group groups gt gtt guaranteed guest
gz hda hdmi heap high hmm hugepage hugepages hugepagesz hugetlb hwmon hyperv i2c i801 ich id
identification identity idle in index infiniband initramfs initrc install instruction
integrity intel interval iommu ip irq isolcpus k8s kde kernel kernels kfd kmod ko kubepods
label lds level libpod limit link links list lnxsybus lnxsystm lockdown lookaside low lpc lxc
machined madvise mapping max me mec mei mem meminfo memory mes mgag200 midr min minor misc
mitigations mm mod mode modeset module modules mountinfo msft n name net never no node
nodemask nodes nomodeset none normal nosmt nouveau nova nps nr nspawn numa numvfs nvme off on
ondemand online only open options order package page pages pagesize parameters partuuid
passthrough path pci pcie pcieport percpu perf perfmon performance period permissive pf
physfn physical pid pm pod podman policy pool port possible power powersave preempt present
processor product profile prop properties pstate pt ptyxis qpx quiet quota qxl r rd realloc
rebar regs remove reset resize resource resources resuming revision ro runc rw s scaling
sched schedutil sdk secureboot security self selinux sending set sg shared siblings sig simd
simpledrm slot smp smt snd soc soft soundwire sp spawn spc speed spx sriov staff stat stats
status subsystem success suspend suspended suspending svirt symlink sysadm sysfs sysname t
temp thread threads thunderbolt topology total totalvfs tpx transparent true tsc ttm tty u
uevent uname unbind unconfined unified unknown unsupported updates us usb userspace uuid v
vboxusb vector vendor version vf vfio vga video virtfn virtio virtual vmbus vmwgfx vram wave
weak width write x xgmi xhci xz y yes zst)",
    // Distributions
    R"(aarch almalinux amazon amzn apt armv aurora aws azure bazzite blue bluefin bookworm bpo
budgie bullseye buster cachyos centos cinnamon cloud coreos deb debian deepin desktop devuan
distrobox dnf eabihf edition el elementary endeavouros enterprise fc fedora fedoraproject
focal forky garuda gcp generic gentoo gnu hardened hat i386 i486 i586 i686 image jammy kali
kinoite kvm leap linux linuxkit linuxmint lion liquorix longterm lowlatency lts lxqt mainline
manjaro margay mate microsoft mint musl nixos noarch nobara noble oem ol onyx opensuse oracle
oracular orbstack pantheon plasma plow plucky pop popos powerpc64le ppc ppc64le proxmox
purple pve questing raspbian raspi rawhide realtime red redhat rhel riscv rocky rolling rpm
rt sage secureblue serval server silverblue simple slackware sles standard steamos stream
suse sway teal tegra toolbox toolbx trixie tumbleweed ublue ubuntu ucore universal void
workstation wsl xanmod xfce yum zen zorin)",
    // Makers of machines, and their products
    R"(acer agx ai alienware aorus apple arm as aspire asrock asrockrack asus asustek ax bixbyte
blackwell clevo co computer corp corporation dell dgx dl e ec2 electronics elitebook epyc
framework fujitsu g gaming geekom gen gigabyte gmbh halo hewlett hgx hp hpe huawei ibm
ideapad inc innotek inspiron inspur international intl islimited jetson laptop latitude
legion lenovo lg ltd mac macbook manufacturer micro mini minisforum ml ms msi nano nuc nx
omen optiplex orin p packard pc plus poweredge precision prime pro proart proliant q qct qemu
quanta quantagrid razer rog rs ryzen samsung series spark star strix super supermicro surface
tech technology thinkpad thinkstation threadripper tuf tuxedo virtualbox vivobook vmware w
xen xeon xps yoga z zbook zenbook zephyrus)",
    // Sources of packages and images
    R"(akmod akmods amdgpu anaconda appstream base basearch baseos baseurl chrome cisco com compute
conda copr crb cudnn devel developer dkms dockerhub download drv epel exclude excludepkgs
extras failed for forge free ftp full ghcr google gpg gpgkey http https hub includepkgs jax
key keys latest library libs mcr metalink minimal mirror mirrorlist mirrors modular nix
nonfree nvcr nvidia ollama openh264 org persistenced pki pub pypi pytorch quay radeon
registry releasever rocm rpmfusion runtime sbsa settings source stable steam tainted
tensorflow testing toolkit utils vllm www xorg)",
    // NVIDIA
    R"(a acr ad b booter build builder ci coherent compat ctk cublas cuda cudart cufft cufile cupti
curand cusolver cusparse cusparselt dcgm demo demux display dvs dxg dynamicpowermanagement
enablegpufirmware enablemsi enablepciegen3 enableresizablebar enables0ixpowermanagement
enablestreammemopcs fabric fabricmanager ga gcc gh gi gm gp gpu gpus gr graphics gsp gv hook
hooks information initializesystemmemoryallocations libcublas libcublaslt libcuda libcudart
libcudnn libcufft libcufile libcupti libcurand libcusolver libcusparse libcusparselt libnccl
libnvidia libnvjitlink libnvrtc libnvshmem libnvtoolsext load manager mig mps nccl ngx
nodevfiles nv nvcc nvhpc nvidiactl nvidiafb nvjitlink nvlink nvml nvreg nvrm nvrtc nvshmem
nvswitch nvtx oci openrmenableunsupportedgpus peermem preservevideomemoryallocations
proprietary ptxjitcompiler registrydwords regkeys restrictprofilingtoadminusers sm smi stubs
suite targets temporaryfilepath tu unix unload usepageattributetable utility uvm visible xx)",
    // AMD and Intel
    R"(ailk alchemist alik amd amdxdna arc asd aspm aux battlemage bb bf bias bjlk bljk bs cc ce cg
cijk contraction cwsr dat dc dd dijk experimental extop fallback force gaudi gfx gmm gttsize
guc ha habana habanalabs hf hh hip hipblas hipblaslt hipcub hipfft hiprand hipsolver
hipsparse hipsparselt hpa hs hsa hsaco huc i4 i8 i8i i915 icd igc ivpu lazy libamd libamdhip
libhipblas libhipblaslt libhipfft libhiprand libhiprtc libhipsolver libhipsparse
libhipsparselt libhsa libmiopen libopencl libpath librccl librocblas librocm libroctracer
libroctx libze loader lockup mcbp mi miopen neo noretry npu opencl per pfp pg ppfeaturemask
probe psp qaic ras rccl recovery resizable rlc rocblas rocfft rocminfo rocprim rocprofiler
rocrand rocsolver rocsparse roctracer roctx sav sb sdma smc sos sramecc ss ta tensile
tensilelibrary tensilemanifest timeout txt ua vbios vcn vis vpu vramlimit xdna xe xnack ze
zero zz)",
    // CPUs and mathematics
    R"(armpl atlas blas blis dnnl flexiblas gloo ilp64 lapack libatlas libblas libblis libcblas
libdnnl libflexiblas libgfortran libgloo libgomp libiomp liblapack libmkl libmkldnn libmpi
libnuma libnvpl libopen libopenblas libopenblasp lp64 mkl mpi mpich netlib num nvpl omp
onednn openblas openmp openmpi pal pthread pthreads reference rte serial)",
    // LibTorch, compilers and the C library
    R"(abi api at aten built caffe2 cc1plus cmake csrc cu cxx11 define defines envs git h headeronly
kineto lacks libasmjit libbackend libc libcaffe2 libcpuinfo libcrypto libdl libdrm libelf
libfbgemm libfmt libgcc libkineto libm libonnx libonnxruntime libprotobuf libpthread librt
libshm libsleef libssl libstdc libtensorpipe libtorch libtorchbind libuv libxnnpack libz
libzstd loading major makefile mambaforge miniconda miniforge3 mkldnn needed optional origin
patch patchlevel pip post py python rc search str torch uv venv virtualenv
ztin4c10d15processgroupmpie ztin4c10d16processgroupglooe ztin4c10d16processgroupnccle)",
    // What device files, CDI files and calls are about
    R"(access affinity and backend backends call controld deviceid devicenodes get getaffinity
getgroups hostpath kind memlock mounts of opens recording renderd rlimit shm statvfs that the to trilby
users uuids xgetbv)",
});

using Words = std::unordered_set<std::string>;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void add_parts(Words& words, std::string_view text) {
    while (!text.empty()) {
        const auto* const end = std::ranges::find_if_not(text, is_letter_or_digit);
        const auto length = static_cast<std::size_t>(end - text.begin());
        words.insert(lower_case(text.substr(0, length)));
        text.remove_prefix(std::min(length + 1, text.size()));
    }
}

/// The words of each member of a record of names.
template <class Names>
void add_names(Words& words, const Names& names) {
    boost::pfr::for_each_field(names, [&](std::string_view name) { add_parts(words, name); });
}

Words make_known_words() {
    Words words;
    for (const std::string_view topic : topics) {
        add_parts(words, topic);
    }
    add_names(words, watched::variables);
    add_names(words, watched::files);
    add_names(words, watched::texts);
    for (const std::string_view library : watched::libraries) {
        add_parts(words, library);
    }
    for (const std::string_view library : watched::preferred_libraries) {
        add_parts(words, library);
    }
    add_names(words, cpu_features::x86);
    add_names(words, cpu_features::arm);
    add_names(words, cpu_features::s390);
    add_names(words, cpu_features::power);
    return words;
}

bool is_listed(const std::string& lower_word) {
    static const Words known = make_known_words();
    return known.contains(lower_word);
}

/// "0x10de"; longer ones can be serial numbers.
bool is_short_hex(std::string_view word) {
    constexpr std::size_t most_digits = 6;
    constexpr std::string_view prefix = "0x";
    return word.starts_with(prefix) && word.size() <= prefix.size() + most_digits &&
           word.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

/// "20250613", the version of a rolling release.
bool is_date(std::string_view word) {
    const auto number = parse_number<unsigned>(word);
    const unsigned month = number.value_or(0) / 100 % 100;
    const unsigned day = number.value_or(0) % 100;
    return word.size() == 8 && word.starts_with("20") && number && month >= 1 && month <= 12 &&
           day >= 1 && day <= 31;
}

/// A number with what versions and models add to it: "580", "fc43", "gfx90a", "580xx", "8GB". It is
/// too short for an identifier.
bool is_short_number(std::string_view word) {
    const auto* const first = std::ranges::find_if(word, is_digit);
    const auto* const last = std::find_if_not(first, word.end(), is_digit);
    const std::string name(word.begin(), first);
    const auto digits = last - first;
    const std::string_view suffix(last, word.end());
    const bool is_short = digits > 0 && digits <= (name.empty() ? 6 : 4);
    return is_short && (name.empty() || is_listed(name)) &&
           (suffix.empty() || suffix == "xx" || (suffix.size() == 1 && digits <= 4) ||
            (suffix == "k" && name.empty()));
}

}  // namespace

bool is_replacement(std::string_view word) {
    return word.starts_with(replacement_prefix) &&
           std::ranges::all_of(word.substr(replacement_prefix.size()), is_digit);
}

bool is_known_word(std::string_view word) {
    const std::string lower = lower_case(word);
    return is_replacement(word) || is_listed(lower) || is_short_number(lower) || is_date(lower) ||
           is_short_hex(lower);
}

}  // namespace trilby::recording
