# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A Debian system in a folder. The other scripts in this folder source this file.

need_root_and_debootstrap() {
    if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
        echo "skipped: this needs root and debootstrap (apt install debootstrap)" >&2
        exit 125
    fi
}

# Prints the mirror that this machine uses.
debian_mirror() {
    local mirror
    mirror=$(awk '/^(URIs:|deb )/ {for (i = 2; i <= NF; ++i) if ($i ~ /^http/) {print $i; exit}}' \
        /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null || true)
    echo "${mirror:-http://deb.debian.org/debian}"
}

# Installs Debian $2 in the folder $1 if the folder has no system, and prepares it for chroot.
# leave_debian_root undoes the preparation.
enter_debian_root() {
    local root=$1 suite=$2
    if [ ! -x "$root/usr/bin/apt-get" ]; then
        # Suites newer than debootstrap need the script of sid.
        debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" \
            "$(debian_mirror)" "$([ -e "/usr/share/debootstrap/scripts/$suite" ] || echo sid)"
    fi
    # mktemp makes a folder that only root may enter, and tests run programs in it as other users.
    chmod 755 "$root"
    # Settings of this machine for access to the mirror, such as a proxy.
    find /etc/apt/apt.conf.d -maxdepth 1 -name '99*' -exec cp -t "$root/etc/apt/apt.conf.d/" {} +
    mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
    mountpoint -q "$root/dev/pts" || mount -t devpts devpts "$root/dev/pts"
    chroot "$root" apt-get -q -o Acquire::Check-Valid-Until=false update
}

leave_debian_root() { umount "$1/dev/pts" "$1/proc" 2>/dev/null || true; }

# Copies the tree $1 to $2 with its history, but without files that git ignores, such as builds.
copy_sources() {
    rm -rf "$2"
    git clone --quiet --no-local --no-checkout "$1" "$2"
    git -C "$1" ls-files -z --cached --others --exclude-standard |
        tar -C "$1" --no-recursion --null --files-from=- -c | tar -C "$2" -x
    # Git's index is empty after --no-checkout, and git would take every file for a removed one.
    git -C "$2" reset --quiet
}
