# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
#
# Podman and Toolbx with storage of their own, for root and for an ordinary user, also on machines with
# few permissions. The scripts that source this file set $source_folder.

engine_tester=trilby-toolbox-test

need_container_engine() {
    local program
    for program in podman toolbox runc dbus-daemon; do
        command -v "$program" >/dev/null || {
            echo "skipped: this needs $program (apt install podman podman-toolbox runc dbus)" >&2
            exit 125
        }
    done
}

may_raise_limits() {
    local limit
    limit=$(ulimit -Hn)
    [ "$limit" = unlimited ] || (ulimit -Hn $((limit + 1))) 2>/dev/null
}

# Writes the settings of an engine into the folder $1.
write_engine_settings() {
    mkdir -p "$1"/{storage,run,user,temporary}
    chmod 700 "$1/user"
    printf '[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n' "$1/storage" "$1/run" \
        >"$1/storage.conf"
    printf '[engine]\nevents_logger = "file"\ncgroup_manager = "cgroupfs"\n' >"$1/containers.conf"
    if ! may_raise_limits; then
        cp "$source_folder/tests/system/runtime-without-limits" "$1/"
        printf 'runtime = "without-limits"\n[engine.runtimes]\nwithout-limits = ["%s"]\n' \
            "$1/runtime-without-limits" >>"$1/containers.conf"
    fi
}

# Toolbx needs the socket of the system bus.
start_system_bus() {
    if [ ! -S /run/dbus/system_bus_socket ]; then
        mkdir -p /run/dbus
        engine_bus=$(dbus-daemon --system --fork --print-pid)
    fi
}

# Podman mounts the host's message queues in containers. Usually, systemd has mounted them.
mount_message_queues() {
    if [ ! -e /dev/mqueue ]; then
        mkdir /dev/mqueue
        mount -t mqueue mqueue /dev/mqueue
        engine_mounted=/dev/mqueue
    fi
}

# Makes podman and toolbox use the folder $1 in the rest of the script.
start_engine() {
    engine_folder=$1
    write_engine_settings "$1"
    export CONTAINERS_CONF=$1/containers.conf CONTAINERS_STORAGE_CONF=$1/storage.conf \
        XDG_RUNTIME_DIR=$1/user TMPDIR=$1/temporary
    start_system_bus
    mount_message_queues
}

# Runs a command as an ordinary user, whose engine uses $user_engine_folder.
as_user() {
    runuser -u "$engine_tester" -- /usr/bin/env -i PATH="$PATH" LANG=C.UTF-8 \
        HOME="$user_engine_folder/home" SHELL=/bin/bash XDG_RUNTIME_DIR="$user_engine_folder/user" \
        CONTAINERS_CONF="$user_engine_folder/containers.conf" \
        CONTAINERS_STORAGE_CONF="$user_engine_folder/storage.conf" \
        TMPDIR="$user_engine_folder/temporary" sh -c 'cd && exec "$@"' sh "$@"
}

# Creates the user of as_user, whose engine uses the folder $1.
make_user() {
    user_engine_folder=$1
    write_engine_settings "$1"
    id "$engine_tester" >/dev/null 2>&1 || useradd --no-create-home --home-dir "$1/home" \
        --shell /bin/bash "$engine_tester"
    mkdir -p "$1/home"
    chown -R "$engine_tester:" "$1"
}

# Fails and prints the reason if ordinary users cannot run containers on this machine.
may_run_as_user() {
    command -v newuidmap >/dev/null || { echo "this needs newuidmap (apt install uidmap)"; return 1; }
    as_user podman unshare true 2>&1 | tail -n 1
    [ "${PIPESTATUS[0]}" -eq 0 ]
}

stop_engine_of_user() {
    if id "$engine_tester" >/dev/null 2>&1; then
        as_user podman system reset --force >/dev/null 2>&1 || true
        pkill -u "$engine_tester" || true  # Podman leaves a process behind that keeps its namespace
        userdel "$engine_tester"
    fi
}

stop_engine() {
    podman system reset --force >/dev/null 2>&1 || true
    umount "$engine_folder/storage/overlay" 2>/dev/null || true
}

stop_engines() {
    if [ -n "${user_engine_folder:-}" ]; then
        stop_engine_of_user
    fi
    if [ -n "${engine_folder:-}" ]; then
        stop_engine
    fi
    if [ -n "${engine_mounted:-}" ]; then
        umount "$engine_mounted"
        rmdir "$engine_mounted"
    fi
    if [ -n "${engine_bus:-}" ]; then
        kill "$engine_bus"
        rm -f /run/dbus/system_bus_socket /run/dbus/pid
    fi
}
