#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Kubeflow Trainer's server for the status of a run, on this machine; the first part of the path says how it behaves.

usage: trainer_server.py FOLDER

Makes a certificate for localhost in FOLDER (certificate.pem), prints "ready PORT PLAIN_PORT", the ports for HTTPS and HTTP, and
serves until standard input closes. Every request is a line of FOLDER/posts: a JSON document with its path, headers and
body. After the first one, "rotate" replaces FOLDER/token by FOLDER/next-token.
"""

import http.server
import json
import os
import pathlib
import socket
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fetch"))
from local_server import encryption_for, serve

HANG_SECONDS = 60
GARBAGE = b"\x1b[31m{\"trainerStatus\": \xff" * 1000


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, folder, *arguments):
        self.folder = folder
        super().__init__(*arguments)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(self.folder / "posts", "a", encoding="utf-8") as log:
            json.dump({"path": self.path, "headers": dict(self.headers), "body": json.loads(body)}, log)
            log.write("\n")
        self.close_connection = True
        mode = self.path.split("/")[1]
        if mode.isdigit():
            self.answer(int(mode), GARBAGE)
        else:
            getattr(self, mode)()

    def do_GET(self):
        with open(self.folder / "posts", "a", encoding="utf-8") as log:
            log.write("a redirection was followed\n")

    def log_message(self, *_):
        pass

    def answer(self, status, content=b"{}", **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    def good(self):
        self.answer(200)

    def rotate(self):
        if (self.folder / "next-token").exists():
            (self.folder / "next-token").rename(self.folder / "token")
        self.answer(200)

    def redirect(self):
        self.answer(307, Location="/good/")

    def endless(self):
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(GARBAGE)

    def hang(self):
        time.sleep(HANG_SECONDS)

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())


def main(folder):
    (folder / "posts").touch()
    print("ready", serve(Handler, folder, encryption_for(folder)), serve(Handler, folder), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
