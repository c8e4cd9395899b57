#!/usr/bin/env python3
"""file-server.py: files under /srv/web, on 127.0.0.1:8099."""

import os
import socket

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 8099))
listener.listen(16)
while True:
    peer, _ = listener.accept()
    with peer, peer.makefile("rb") as request:
        path = request.readline().split(b" ")[1]
        while request.readline().strip():
            pass
        name = os.path.normpath(b"/srv/web" + path)
        try:
            with open(name, "rb") as file:
                body = file.read()
            head = b"200 OK"
        except OSError:
            head, body = b"404 Not Found", b""
        peer.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (head, len(body)) + body)
