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

constexpr std::array<std::string_view, 9> topics{
    // Folders and files of Linux
    "bin boot cache cdi conf cvmfs d dev devices dist etc home host include lib lib32 lib64 "
    "libexec "
    "libx32 local log media mnt opt packages proc root run sbin share site snap src srv state sys "
    "tmp usr var containerenv dockerenv distroboxenv toolbxenv toolboxenv flatpak info secrets "
    "kubernetes io docker daemon json yaml yml repo repos override service scope slice session app "
    "user system machine init container passwd os release swaps swap swapfile zram mapper luks dm "
    "kb mb gb tb kib mib gib hwdata osrelease ids fs gl freedesktop platform partition file type "
    "filename size used priority default alternatives alsa udev rules modprobe "
    "ld so preload hosts systemd ostree booted gone atomic",
    // The kernel
    "acpi active address aer balancing devcoredump secureboot blkio freezer period in epp sdk all "
    "always amd64 arch attr auto available banks bios block blacklist "
    "boot brd bus cap capabilities card caps char character class cmdline compatible conf "
    "confidentiality "
    "config control controllers core cores count cpu cpufreq cpuid cpuinfo cpuacct cpus cpuset "
    "cppc current "
    "cx16 d0 d1 d2 d3 d3cold d3hot data debug deep depth dep die disable discovery dma dmi domain "
    "dpm dri driver drivers drm edac efi efivars enable enabled enforce enforcing engine error "
    "extra "
    "extramodules fbdev files firmware fq freq fw gc governor group groups gt gtt hmm hugepage "
    "hugepages hugepagesz hugetlb hwmon id identification identity idle index infiniband info init "
    "initramfs install instruction integrity interval io iommu ip irq isolcpus kernel kernels kfd "
    "kmod "
    "ko level limit link links list lockdown lookaside madvise mapping max mec mem memory meminfo "
    "mes "
    "midr el1 min minor misc mitigations mm mod mode modeset module modules mountinfo name net "
    "never "
    "no node nodemask nodes nomodeset none normal nosmt nr numa numvfs off on online only open "
    "options alias order package packages page pages pagesize parameters passthrough path pci pcie "
    "pcieport percpu perf perfmon performance permissive physfn physical pid platform pm policy "
    "pool "
    "port possible power powersave present product profile prop properties pstate pt quota quiet "
    "rd "
    "realloc rebar regs remove reset resize resource resources revision ro rw s sched schedutil "
    "ondemand conservative userspace scaling security self selinux sending set sg shared siblings "
    "sig "
    "size slot smt soc sp speed sriov stat state stats status success suspend suspended suspending "
    "resuming unsupported subsystem add change action attr env kernels symlink goto label sysfs "
    "sysname system temp thread threads topology total totalvfs transparent ttm tty type uevent "
    "uname unified unknown unbind updates used vector vendor version vf virtfn virtio virtual vram "
    "width weak write x y n yes true false xz zst gz p2p xgmi heap wave front lds simd fcompute "
    "nps spx dpx tpx qpx cpx accel usb video vga framebuffer efifb simpledrm vfio vboxusb vmbus "
    "msft "
    "pf lnxsystm lnxsybus acpi soundwire snd hda intel hdmi audio drm ttm nouveau nova mgag200 ast "
    "bochs qxl vmwgfx virtio hyperv dxgkrnl ahci nvme xhci ehci thunderbolt i2c i801 mei me lpc "
    "ich "
    "ptyxis gnome kde spawn machined user unconfined u r t c staff sysadm initrc spc svirt lxc "
    "nspawn podman conmon libpod crun runc containerd cri crio kubepods burstable besteffort "
    "guaranteed pod k8s cgroup cfs us bytes soft high low tsc clk ctl uuid partuuid",
    // Distributions
    "almalinux alma amazon amzn arch aurora bazzite bluefin bookworm bullseye trixie forky sid "
    "buster centos stream core coreos silverblue kinoite cachyos endeavouros manjaro garuda debian "
    "deepin devuan edition fedora fedoraproject fc el noble jammy focal plucky questing oracular "
    "gnu "
    "generic lts kali leap tumbleweed linux linuxmint mint nixos nobara ol opensuse suse sles "
    "redhat oracle "
    "pop popos raspbian rawhide red hat rhel enterprise rocky rolling secureblue server "
    "slackware steamos simple toolbox toolbx distrobox ubuntu ucore "
    "universal blue gentoo void workstation desktop zorin elementary server container image ublue "
    "plow teal serval sage margay onyx purple lion plasma cinnamon xfce budgie lxqt mate pantheon "
    "sway "
    "bpo deb rpm dnf yum apt aarch64 x86_64 x86 i386 i486 i586 i686 noarch aarch armv riscv ppc "
    "powerpc64le ppc64le s390x s390 musl eabihf microsoft standard wsl azure aws gcp cloud kvm "
    "lowlatency rt realtime zen hardened xanmod liquorix tegra raspi oem linuxkit longterm "
    "mainline "
    "orbstack pve proxmox",
    // Sources of packages and images
    "baseurl gpgkey exclude excludepkgs includepkgs metalink mirrorlist https http file ftp www "
    "org "
    "com registry quay ghcr nvcr mcr docker hub library dockerhub index download developer mirrors "
    "mirror pub repo repos basearch releasever rpmfusion free nonfree tainted steam testing source "
    "updates modular cisco openh264 copr epel crb appstream baseos extras google chrome gpg key "
    "keys pki rpm compute rhel fedora sbsa amdgpu rocm radeon packages stable latest devel base "
    "runtime cudnn minimal full pytorch tensorflow jax ollama vllm nix conda forge anaconda pypi "
    "nvidia nvidia driver kmod akmod akmods dkms xorg x11 drv libs utils open for failed log "
    "settings persistenced modprobe container toolkit",
    // NVIDIA
    "nvidia cuda cublas cudart cudnn cufft cufile cupti curand cusolver cusparse cusparselt nccl "
    "nvcc nvjitlink nvml nvrtc nvtx nvshmem nvswitch nvlink nvhpc libnvidia libcuda libcudart "
    "libcudnn libcublas libcublaslt libcufft libcufile libcupti libcurand libcusolver libcusparse "
    "libcusparselt libnccl libnvjitlink libnvrtc libnvtoolsext libnvshmem libnvidia ml "
    "ptxjitcompiler "
    "uvm drm nvidiactl nvidiafb peermem fabricmanager fabric manager nv smi ctk cdi hook oci hooks "
    "kmod 580xx 470xx 390xx gpu gpus mig gi ci nvrm unix release build dvs builder gcc gpg "
    "proprietary gsp information dcgm mps void compat stubs targets extras demo suite demux "
    "visible capabilities utility graphics display compute ngx nodevfiles dxg ga tu ad gb gh gv gp "
    "gm "
    "nvreg preservevideomemoryallocations temporaryfilepath enablegpufirmware "
    "openrmenableunsupportedgpus "
    "dynamicpowermanagement usepageattributetable initializesystemmemoryallocations regkeys "
    "registrydwords enablestreammemopcs enables0ixpowermanagement enableresizablebar "
    "enablepciegen3 restrictprofilingtoadminusers enablemsi nvswitch pcie gen coherent "
    "sm compute a b x xx bin booter load unload acr gr",
    // AMD and Intel
    "amd amdgpu radeon rocm rocblas rocsolver rocsparse rocfft rocrand rocprim roctracer "
    "rocprofiler "
    "roctx rocminfo hip hipblas hipblaslt hipcub hipfft hiprand hipsolver hipsparse hipsparselt "
    "miopen rccl hsa libamdhip libhsa librocm libamd librccl librocblas libhipblas libhipblaslt "
    "libmiopen libhipfft libhiprand libhipsolver libhipsparse libhipsparselt libroctx libroctracer "
    "libroctx64 libhiprtc gfx xnack sramecc tensile tensilelibrary tensilemanifest contraction hh "
    "hpa "
    "ss bb bf hf sb hs bs dd zz cc i8i i8 i4 lazy fallback co hsaco dat txt kernels type "
    "experimental "
    "extop library libpath override per gttsize noretry vramlimit lockup timeout ppfeaturemask dc "
    "aspm sdma cwsr cg pg mcbp navi vega polaris instinct mi mes ras gpu_recovery pages_limit "
    "page_pool_size recovery resizable rebar "
    "intel i915 xe vpu npu ivpu amdxdna xdna qaic habanalabs habana gaudi level zero ze libze "
    "loader "
    "icd opencl libopencl igc gmm neo arc force probe guc huc battlemage alchemist "
    "mem vis used gtt fw sos smc rlc pfp ce me vcn asd ta psp vbios",
    // CPUs and mathematics
    "atlas armpl blas blis dnnl flexiblas gloo libatlas libblas libblis libcblas libdnnl "
    "libflexiblas "
    "libgfortran libgloo libgomp libiomp libiomp5 libmkl libmkldnn libmpi liblapack libnuma "
    "libnvpl "
    "libopenblas libopenblasp lp64 ilp64 mkl mpi mpich netlib nvpl onednn openblas openmp openmpi "
    "pthread pthreads serial threads num lapack libopen rte pal reference omp",
    // LibTorch, compilers and the C library
    "aten c10 caffe2 config csrc api headeronly torch libtorch libc10 libshm libtorchbind "
    "libcaffe2 "
    "python python3 venv virtualenv miniconda miniconda3 anaconda3 miniforge3 mambaforge conda "
    "envs "
    "env pip uv cu cpu hip cxx11 abi post dev rc h version build built py define major minor patch "
    "patchlevel torch_version enabled at mkldnn version git optional str cudnn nccl gcc cc1plus "
    "cmake makefile libc libm libdl librt libpthread libgcc libstdc libz libzstd libssl libcrypto "
    "libprotobuf libelf libdrm libbackend linux libnuma libsleef libfmt libonnx libonnxruntime ld "
    "needed search defines lacks origin ztin4c10d16processgroupglooe ztin4c10d15processgroupmpie "
    "ztin4c10d16processgroupnccle loading libcpuinfo kineto libkineto libtensorpipe libxnnpack "
    "libuv libasmjit libfbgemm",
    // What device files, CDI files and calls are about
    "path hostpath kind major deviceid devicenodes mounts uuids root lib renderd controld gpu "
    "driver "
    "trilby recording access of to call getaffinity getgroups gnu get xgetbv and instruction "
    "statvfs shm memlock "
    "rlimit that opens nodes the users affinity",
};

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

/// "0x10de"; longer numbers can be serial numbers.
bool is_short_hex(std::string_view word) {
    constexpr std::size_t most_digits = 6;
    constexpr std::string_view prefix = "0x";
    return word.starts_with(prefix) && word.size() <= prefix.size() + most_digits &&
           word.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
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

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

bool is_known_word(std::string_view word) {
    const std::string lower = lower_case(word);
    return is_replacement(word) || is_listed(lower) || is_short_number(lower) ||
           is_short_hex(lower);
}

}  // namespace trilby::recording
