#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""An HTTPS server on this machine that behaves well or badly, as the first part of the path says.

usage: server.py FOLDER

Makes a certificate for localhost in FOLDER (certificate.pem), prints "ready PORT", and serves the
files of FOLDER/content until standard input closes. Every request is a line of FOLDER/requests:
the path, and the Range header or "-".
"""

import collections
import http.server
import pathlib
import sys
import time

from local_server import encryption_for, serve

STALL_SECONDS = 60


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen = collections.Counter()

    def __init__(self, folder, *arguments):
        self.folder = folder
        super().__init__(*arguments)

    def do_GET(self):
        with open(self.folder / "requests", "a", encoding="utf-8") as log:
            log.write(f"{self.path} {self.headers.get('Range', '-')}\n")
        self.seen[self.path] += 1
        self.close_connection = True
        mode, _, name = self.path.strip("/").partition("/")
        getattr(self, "serve_" + mode, self.serve_missing)(name)

    def log_message(self, *_):
        pass

    def content(self, name):
        return (self.folder / "content" / name).read_bytes()

    def begin(self, status, length, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()

    def send(self, content, keep_range=True):
        wanted = self.headers.get("Range") if keep_range else None
        if not wanted:
            self.begin(200, len(content))
            self.wfile.write(content)
            return
        start = int(wanted.removeprefix("bytes=").split("-")[0])
        self.begin(206, len(content) - start,
                   Content_Range=f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.wfile.write(content[start:])

    def is_first(self):
        return self.seen[self.path] == 1

    def redirect(self, target):
        self.begin(302, 0, Location=target)

    def serve_missing(self, _):
        page = b"<html>there is nothing here</html>"
        self.begin(404, len(page))
        self.wfile.write(page)

    def serve_good(self, name):
        self.send(self.content(name))

    def serve_cut(self, name):
        """Hangs up in the middle, once."""
        content = self.content(name)
        if not self.is_first():
            self.send(content)
            return
        self.begin(200, len(content))
        self.wfile.write(content[: len(content) // 2])

    def serve_no_range(self, name):
        self.send(self.content(name), keep_range=False)

    def serve_other_range(self, name):
        """Answers a request for a range with another range."""
        content = self.content(name)
        if "Range" not in self.headers:
            self.send(content)
            return
        self.begin(206, len(content), Content_Range=f"bytes 0-{len(content) - 1}/{len(content)}")
        self.wfile.write(content)

    def serve_redirect(self, name):
        self.redirect(f"/good/{name}")

    def serve_loop(self, name):
        self.redirect(f"/loop/{name}")

    def serve_to_http(self, name):
        self.redirect(f"http://localhost:{self.server.server_port}/good/{name}")

    def serve_to_file(self, name):
        self.redirect((self.folder / "content" / name).as_uri())

    def serve_corrupt(self, name):
        content = bytearray(self.content(name))
        content[len(content) // 2] ^= 1
        self.send(bytes(content))

    def serve_short(self, name):
        self.send(self.content(name)[:-10], keep_range=False)

    def serve_long(self, name):
        """Goes on after the end, without saying how far."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.content(name) + bytes(1 << 20))

    def serve_busy(self, name):
        """503 twice."""
        if self.seen[self.path] > 2:
            self.send(self.content(name))
        else:
            self.begin(503, 0)

    def serve_stall(self, name):
        """Half of the file, then nothing."""
        content = self.content(name)
        self.begin(200, len(content))
        self.wfile.write(content[: len(content) // 2])
        self.wfile.flush()
        time.sleep(STALL_SECONDS)


def main(folder):
    (folder / "content").mkdir(exist_ok=True)
    (folder / "requests").touch()
    print("ready", serve(Handler, folder, encryption_for(folder)), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
