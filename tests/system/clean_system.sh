# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
#
# A Debian on which dnf installs the RPMs, for the scripts beside this one, which source it. They set
# $source_folder, $root, where the Debian lies, and $work, a folder for what is needed in between.

# The release of this machine.
# shellcheck source=/dev/null
release() { . /etc/os-release && echo "${VERSION_CODENAME:?}"; }

torch_version() {
    local version
    # shellcheck disable=SC2016  # it is dpkg-query's
    version=$(chroot "$root" dpkg-query -W -f '${Version}' libtorch-dev)
    echo "${version%%[+-]*}"
}

# A package that provides what the system in $root has, so that dnf's solver can count on it, and owns
# the folders that belong to nobody's package but Fedora's. It comes about in $work/system.
make_system_package() {
    local folders=$source_folder/tests/system/fedora_folders.txt
    mkdir -p "$work/system"
    {
        cat <<'END'
Name: clean-system
Version: 1
Release: 1
Summary: What this system has
License: Apache-2.0
AutoReqProv: no
Provides: hwdata openssl python3 python3-jsonschema cmake-filesystem cmake-filesystem(x86-64)
Provides: boost-devel = 99 cli11-devel cmake = 99 fmt-devel gcc-c++ openssl-devel pkgconfig(liblzma) pkgconfig(libzstd)
Provides: tomlplusplus-devel zlib-devel ninja-build
Provides: rtld(GNU_HASH) /bin/sh /bin/bash /usr/bin/bash /usr/bin/sh /usr/bin/python3 /usr/bin/pkg-config
END
        echo "Provides: python3-torch(x86-64) = $(torch_version)"
        find "$root/usr/lib" -maxdepth 2 -name '*.so.*' -type f |
            "$(rpm --eval '%{_rpmconfigdir}')/elfdeps" --provides | grep -v PRIVATE | sort -u |
            sed 's/^/Provides: /'
        cat <<'END'
%description
Generated: the libraries that the distribution's own packages installed.
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
