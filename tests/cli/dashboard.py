#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a command with a dashboard on a pseudo-terminal, as a scenario says, and fails where the screen is wrong.

usage: dashboard.py TRILBY resize|keys|signal|suspend RUN
       dashboard.py TRILBY train ARGUMENTS

RUN is a run of one epoch that nobody trains, ARGUMENTS are those of a long training.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

LIMIT_S = 30
ENTER = b"\x1b[?1049h"
LEAVE = b"\x1b[?1049l"
EPOCH = ('{"epoch":%d,"step":%d,"training_loss":0.5,"validation":{"mse":0.25},"learning_rate":0.1,'
         '"units_per_second":1000.0,"seconds":2.0}\n')
# What the program may send: text, where it goes, and what it clears.
OUTPUT = re.compile(rb"\x1b\[(?P<row>\d+);1H\x1b\[K|\x1b\[(?P<clear>2J)|\x1b\[[?\d;]*[mhlK]|(?P<text>[^\x1b]+)")


class Terminal:
    """A window with one program in it, and what it shows."""

    def __init__(self, command, columns, rows):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            time.sleep(0.2)  # the window gets its size first
            os.execve(command[0], command, dict(os.environ, TERM="xterm", LC_ALL="C.UTF-8", PS1="ready> "))
        self.resize(columns, rows)
        self.output = b""
        self.rest = b""
        self.row = 0
        self.lines = {}

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.fd, keys)

    def take(self, output):
        """Draws what the program sent, in which a piece of an escape sequence may be the last."""
        self.output += output
        self.rest += output
        while match := OUTPUT.match(self.rest):
            self.rest = self.rest[match.end():]
            if match["row"]:
                self.row = int(match["row"])
                self.lines[self.row] = b""
            elif match["clear"]:
                self.lines = {}
            elif match["text"]:
                self.lines[self.row] = self.lines.get(self.row, b"") + match["text"]

    def wait_for(self, what, is_there):
        """Reads until a condition is met. The end of the program is the end of its output."""
        end = time.monotonic() + LIMIT_S
        while not is_there():
            if time.monotonic() > end:
                sys.exit(f"not within {LIMIT_S} s: {what}; the window shows: {self.lines}, and {self.rest[:99]}")
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    self.take(os.read(self.fd, 65536))
                except OSError:
                    return

    def wait_for_screen(self, *texts):
        """Waits for a screen of the window's size with these texts."""
        self.wait_for(texts, lambda: self.lines.get(self.rows) == b"q quit" and all(
            any(text.encode() in line for line in self.lines.values()) for text in texts))
        lines = {row: line.decode(errors="ignore") for row, line in self.lines.items()}
        wide = {row: line for row, line in lines.items() if row > self.rows or len(line) > self.columns}
        assert not wide, f"does not fit into {self.columns} x {self.rows}: {wide}"

    def wait_for_prompt_after_screen(self):
        """The output so far. What the window showed counts no more."""
        self.wait_for("a prompt", lambda: LEAVE in self.output and b"ready> " in self.output.rpartition(LEAVE)[2])
        output, self.output, self.lines = self.output, b"", {}
        return output

    def wait_for_end(self):
        """The exit code of the program, which has given back the terminal."""
        self.wait_for("the program ends", lambda: False)
        assert self.output.rindex(LEAVE) > self.output.rindex(ENTER), "the alternate screen stays"
        assert self.output.rindex(b"\x1b[?25h") > self.output.rindex(b"\x1b[?25l"), "the cursor stays hidden"
        assert self.echoes(), "keys are not echoed"
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)


def resize(program, run):
    terminal = Terminal([program, "runs", "watch", run], 80, 24)
    terminal.wait_for_screen("1 of 3", "validation MSE")
    assert terminal.lines[1].startswith(os.path.basename(run).encode()), terminal.lines
    terminal.resize(40, 10)
    terminal.wait_for_screen("1 of 3")
    terminal.resize(120, 40)
    terminal.wait_for_screen("1 of 3", "validation MSE")
    with open(f"{run}/metrics.jsonl", "a", encoding="utf-8") as metrics:
        metrics.write("{ garbage\n" + EPOCH % (2, 2) + EPOCH[:40])
    terminal.wait_for_screen("2 of 3")
    os.rename(run, run + "-elsewhere")
    terminal.wait_for_screen("2 of 3", "unreadable", "is not the folder of a run")
    os.rename(run + "-elsewhere", run)
    terminal.wait_for_screen("2 of 3", "it has no checkpoint")
    terminal.type(b"q")
    assert terminal.wait_for_end() == 0


def keys(program, run):
    for key, code in (b"q", 0), (b"\x04", 0), (b"\x03", 130):
        terminal = Terminal([program, "runs", "watch", run], 80, 24)
        terminal.wait_for_screen("1 of 3")
        assert not terminal.echoes(), "keys are echoed"
        terminal.type(b"x" + key)
        assert terminal.wait_for_end() == code, key


def end_by_signal(program, run):
    terminal = Terminal([program, "runs", "watch", run], 80, 24)
    terminal.wait_for_screen("1 of 3")
    os.kill(terminal.pid, signal.SIGTERM)
    assert terminal.wait_for_end() == 130


def suspend(program, run):
    """In a shell with job control: a program without one does not stop."""
    terminal = Terminal(["/bin/bash", "--norc", "--noprofile", "-i"], 80, 24)
    terminal.wait_for("a prompt", lambda: b"ready> " in terminal.output)
    terminal.type(f"{program} runs watch {run}\n".encode())
    terminal.wait_for_screen("1 of 3")
    terminal.type(b"\x1a")
    assert b"Stopped" in terminal.wait_for_prompt_after_screen()
    terminal.type(b"fg\n")
    terminal.wait_for_screen("1 of 3")
    terminal.type(b"q")
    terminal.wait_for_prompt_after_screen()
    terminal.type(b"exit\n")
    terminal.wait_for("the shell ends", lambda: False)


def train(program, *arguments):
    terminal = Terminal([program, "train", *arguments, "--dashboard"], 80, 24)
    terminal.wait_for_screen("training", "2 of ", "time left", "validation ")
    terminal.type(b"q")
    terminal.wait_for("the line of an epoch", lambda: b"  loss " in terminal.output.rpartition(LEAVE)[2])
    terminal.type(b"\x03")
    assert terminal.wait_for_end() == 130
    assert b"continue with: trilby train --resume" in terminal.output


if __name__ == "__main__":
    {"resize": resize, "keys": keys, "signal": end_by_signal, "suspend": suspend,
     "train": train}[sys.argv[2]](sys.argv[1], *sys.argv[3:])
