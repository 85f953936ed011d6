#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Servers on this machine, for tests."""

import functools
import http.server
import ssl
import subprocess
import threading


def encryption_for(folder):
    """Makes a certificate for localhost in FOLDER (certificate.pem)."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", key, "-out", certificate],
        check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def serve(handler, folder, encryption=None):
    """Serves in the background with a class of handlers that takes FOLDER first. Returns the port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, folder))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # clients that hang up are part of the tests
    if encryption:
        server.socket = encryption.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port
