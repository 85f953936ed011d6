# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
#
# A Debian system on which dnf installs the RPMs. The scripts that source this file set $source_folder,
# $root, the folder of the system, and $work, a folder for intermediate files.

# Prints the code name of this machine's release.
# shellcheck source=/dev/null
release() { . /etc/os-release && echo "${VERSION_CODENAME:?}"; }

torch_version() {
    local version
    # shellcheck disable=SC2016  # dpkg-query expands it
    version=$(chroot "$root" dpkg-query -W -f '${Version}' libtorch-dev)
    echo "${version%%[+-]*}"
}

# Builds, in $work/system, a package that tells dnf what the system in $root provides, and owns the
# folders that packages of Fedora own.
make_system_package() {
    local folders=$source_folder/tests/system/fedora_folders.txt
    mkdir -p "$work/system"
    {
        cat <<'END'
Name: clean-system
Version: 1
Release: 1
Summary: What this system provides
License: Apache-2.0
AutoReqProv: no
Provides: hwdata openssl python3 python3-jsonschema cmake-filesystem cmake-filesystem(x86-64)
Provides: boost-devel = 99 cli11-devel cmake = 99 fmt-devel gcc-c++ openssl-devel
Provides: pkgconfig(liblzma) pkgconfig(libpng) pkgconfig(libturbojpeg) pkgconfig(libzip) pkgconfig(libzstd)
Provides: tomlplusplus-devel zlib-devel ninja-build
Provides: rtld(GNU_HASH) /bin/sh /bin/bash /usr/bin/bash /usr/bin/sh /usr/bin/python3 /usr/bin/pkg-config
END
        echo "Provides: python3-torch(x86-64) = $(torch_version)"
        find "$root/usr/lib" -maxdepth 2 -name '*.so.*' -type f |
            "$(rpm --eval '%{_rpmconfigdir}')/elfdeps" --provides | grep -v PRIVATE | sort -u |
            sed 's/^/Provides: /'
        cat <<'END'
%description
Generated from the libraries that Debian's packages installed.
%install
mkdir -p %{buildroot}/etc/ld.so.conf.d
echo /usr/lib64 >%{buildroot}/etc/ld.so.conf.d/lib64.conf
END
        echo "sed 's|^|%{buildroot}|' '$folders' | xargs mkdir -p"
        cat <<'END'
%transfiletriggerin -P 2000000 -- /usr/lib64
/sbin/ldconfig
%transfiletriggerpostun -P 2000000 -- /usr/lib64
/sbin/ldconfig
%files
/etc/ld.so.conf.d/lib64.conf
END
        sed 's/^/%dir /' "$folders"
    } >"$work/system/clean-system.spec"
    rpmbuild --quiet --define "_topdir $work/system" --target "$(uname -m)" \
        -bb "$work/system/clean-system.spec"
}
