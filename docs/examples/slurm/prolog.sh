#!/bin/bash
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# A Prolog for slurm.conf: looks at the node for a second before each job. If it fails, Slurm drains the node and
# requeues the job. Slurm runs it as root, so that the kernel's log can be read. Copy it, make the copy executable, and
# name it in slurm.conf:
#   Prolog=/etc/slurm/prolog.sh
#   PrologFlags=Alloc
export PATH=/usr/local/bin:/usr/bin:/bin  # Slurm sets none
backend=cuda
expected=/etc/trilby/node.toml  # of 'trilby validate --backend cuda --level 2 --write-expect'

words=(--level 0 --backend "$backend" --timeout 10)
if [ -e "$expected" ]; then
    words+=(--expect "$expected")
fi
report=$(timeout --kill-after=5 30 trilby validate "${words[@]}" 2>&1)
code=$?
if [ "$code" -eq 0 ]; then
    exit 0
fi
# From standard input each line is a message of its own, and none is cut off after 1 KiB.
logger --tag trilby-prolog --priority daemon.err <<<"exit code $code: $report"
# The codes are those of docs/exit-codes.md. A mistake in this script, or in a file that all
# nodes share, is not the fault of this node.
case "$code" in
    64 | 65 | 66) exit 0 ;;
    *) exit 1 ;;
esac
