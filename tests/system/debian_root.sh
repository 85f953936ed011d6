# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A Debian in a folder, for the scripts beside this one, which source it.

need_root_and_debootstrap() {
    if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
        echo "skipped: this needs root and debootstrap (apt install debootstrap)" >&2
        exit 125
    fi
}

# The mirror that this machine uses.
debian_mirror() {
    local mirror
    mirror=$(awk '/^(URIs:|deb )/ {for (i = 2; i <= NF; ++i) if ($i ~ /^http/) {print $i; exit}}' \
        /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null || true)
    echo "${mirror:-http://deb.debian.org/debian}"
}

# Makes $1 a Debian of the suite $2, unless it is one; leave_debian_root ends its use.
enter_debian_root() {
    local root=$1 suite=$2
    if [ ! -x "$root/usr/bin/apt-get" ]; then
        # debootstrap knows new suites by the script of sid only.
        debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" \
            "$(debian_mirror)" "$([ -e "/usr/share/debootstrap/scripts/$suite" ] || echo sid)"
    fi
    # mktemp makes a folder that only root may enter, and tests run programs in it as other users.
    chmod 755 "$root"
    # A proxy or other access to the mirror that this machine has been given.
    find /etc/apt/apt.conf.d -maxdepth 1 -name '99*' -exec cp -t "$root/etc/apt/apt.conf.d/" {} +
    mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
    mountpoint -q "$root/dev/pts" || mount -t devpts devpts "$root/dev/pts"
    chroot "$root" apt-get -q -o Acquire::Check-Valid-Until=false update
}

leave_debian_root() { umount "$1/dev/pts" "$1/proc" 2>/dev/null || true; }

# Copies what git knows of the tree $1 into $2, with its history, so that nothing of this machine's
# builds gets in.
copy_sources() {
    rm -rf "$2"
    git clone --quiet --no-local --no-checkout "$1" "$2"
    git -C "$1" ls-files -z --cached --others --exclude-standard |
        tar -C "$1" --no-recursion --null --files-from=- -c | tar -C "$2" -x
}
