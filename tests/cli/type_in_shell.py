#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Types a line and Tab into an interactive shell, and prints what it becomes.

usage: type_in_shell.py bash|zsh COMPLETION LINE
"""

import os
import pathlib
import pty
import select
import shlex
import sys
import tempfile
import time

LIMIT_S = 30

BASH = """
. {completion}
show() {{ printf %s "$READLINE_LINE" > {result}.new; mv {result}.new {result}; }}
bind 'set enable-bracketed-paste off'
bind -x '"\\C-g": show'
"""
ZSH = """
fpath=({folder} $fpath)
autoload -Uz compinit && compinit -u -D
show() {{ printf %s "$BUFFER" > {result}.new; mv {result}.new {result} }}
zle -N show
bindkey '\\t' complete-word '^G' show
"""
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], BASH),
    "zsh": (["zsh", "-f", "-i"], ZSH),
}


def wait_for(path, terminal):
    """Waits for a file. Reads the output of the shell meanwhile, or it would block."""
    end = time.monotonic() + LIMIT_S
    while not path.exists():
        if time.monotonic() > end:
            sys.exit(f"the shell did not answer within {LIMIT_S} s")
        if select.select([terminal], [], [], 0.05)[0]:
            os.read(terminal, 4096)


def complete(shell, completion, line):
    command, setup = SHELLS[shell]
    with tempfile.TemporaryDirectory() as folder:
        result = pathlib.Path(folder) / "result"
        ready = pathlib.Path(folder) / "ready"
        script = pathlib.Path(folder) / "setup"
        script.write_text(setup.format(completion=shlex.quote(completion), result=result,
                                       folder=shlex.quote(os.path.dirname(completion))))
        child, terminal = pty.fork()
        if child == 0:
            os.environ.update(PS1="", TERM="dumb", HISTFILE="", ZDOTDIR=folder)
            os.execvp(command[0], command)
        os.write(terminal, f". {script}; : > {ready}\n".encode())
        wait_for(ready, terminal)
        os.write(terminal, line.encode() + b"\t\x07")
        wait_for(result, terminal)
        os.close(terminal)
        os.waitpid(child, 0)
        return result.read_text()


if __name__ == "__main__":
    print(complete(*sys.argv[1:]))
