"""Servers of Git repositories that are not what they should be, by the name of the repository; and listeners nobody may call.

What calls 127.0.0.1:8900 or 127.0.0.2:8902 is written to /srv/calls."""

import hashlib
import os
import re
import signal
import socket
import threading
import time
import zlib


def read(path):
    with open(path, "rb") as file:
        return file.read()


def line(data):
    return b"%04x" % (len(data) + 4) + data


def advertisement(tip, *more):
    refs = line(tip + b" refs/heads/main\0multi_ack_detailed no-done side-band-64k ofs-delta agent=x\n")
    return line(b"# service=git-upload-pack\n") + b"0000" + refs + b"".join(line(tip + b" " + ref + b"\n") for ref in more) + b"0000"


def band(channel, data):
    out = b""
    for at in range(0, len(data), 60000):
        out += line(bytes([channel]) + data[at : at + 60000])
    return out


def head(kind, *more):
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Type: application/x-git-upload-pack-" + kind, b"Connection: close", *more, b"", b""])


def forever(to, data):
    while True:
        to.sendall(data)


def many(tip):
    first = 0
    while True:
        yield b"".join(line(tip + b" refs/heads/b%012d\n" % i) for i in range(first, first + 10000))
        first += 10000


def redirect(to, where):
    to.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + where + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def refs(to, name, path):
    tip = read("/srv/git/%s.git/refs/heads/main" % name).strip()
    if name == "server-silent":
        time.sleep(600)
    elif name == "server-slow":
        for byte in head(b"advertisement") + advertisement(tip):
            to.sendall(bytes([byte]))
            time.sleep(1)
    elif name == "server-refs":
        to.sendall(head(b"advertisement") + advertisement(tip)[:-4])
        for block in many(tip):
            to.sendall(block)
    elif name == "server-refs-gzip":
        to.sendall(head(b"advertisement", b"Content-Encoding: gzip"))
        packed = zlib.compressobj(9, zlib.DEFLATED, 31)
        to.sendall(packed.compress(advertisement(tip)[:-4]))
        for block in many(tip):
            to.sendall(packed.compress(block))
    elif name == "server-header":
        to.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        forever(to, b"x" * 65536)
    elif name == "server-redirect":
        redirect(to, b"http://127.0.0.2:8902" + path)
    elif name == "server-redirect-file":
        redirect(to, b"file:///etc/canary-open")
    elif name == "server-refname":
        odd = [b"refs/heads/../../x", b"refs/heads/--upload-pack=touch x", b"--upload-pack=x", b"refs/tags/@{-1}", b"refs/heads/a:b", b"HEAD"]
        to.sendall(head(b"advertisement") + advertisement(tip, *odd))
    elif name == "server-other-id":
        to.sendall(head(b"advertisement") + advertisement(b"1234567890" * 4))
    else:
        to.sendall(head(b"advertisement") + advertisement(tip))


def pack(to, name, path):
    good = read("/srv/packs/" + name)
    start = head(b"result") + line(b"NAK\n")
    if name == "server-redirect-late":
        redirect(to, b"http://127.0.0.2:8902" + path)
    elif name == "server-checksum":
        to.sendall(start + band(1, good[:-20] + hashlib.sha1(b"x").digest()) + b"0000")
    elif name == "server-count":
        to.sendall(start + band(1, b"PACK" + b"\0\0\0\2" + b"\xff\xff\xff\xff" + good[12:]) + b"0000")
    elif name == "server-progress":
        to.sendall(start)
        forever(to, band(2, b"Counting objects: \033[2J\r" * 2000))
    elif name == "server-sideband":
        to.sendall(start + band(3, b"\033[2J\033]0;root\007you were hacked\n") + b"0000")
    elif name == "server-endless":
        # Blobs of nothing, one after the other.
        to.sendall(start + band(1, b"PACK" + b"\0\0\0\2" + b"\0\x0f\0\0"))
        one = b"\xb0\x80\x80\x01" + zlib.compress(bytes(2 << 20), 0)
        forever(to, band(1, one))
    else:
        to.sendall(start + band(1, good) + b"0000")


def answer(to):
    try:
        asked = b""
        while b"\r\n\r\n" not in asked:
            more = to.recv(65536)
            if not more:
                return
            asked += more
        path = asked.split(b" ", 2)[1]
        name = re.match(rb"/([a-z-]+)\.git/", path).group(1).decode()
        length = re.search(rb"(?i)content-length: *(\d+)", asked)
        left = int(length.group(1)) - len(asked.split(b"\r\n\r\n", 1)[1]) if length else 0
        while left > 0:
            left -= len(to.recv(65536))
        if b"/info/refs" in path:
            refs(to, name, path)
        else:
            pack(to, name, path)
    except OSError:
        pass
    finally:
        to.close()


def called(to):
    with open("/srv/calls", "ab") as log:
        log.write(to.recv(4096) + b"\n")
    to.close()


def listen(address, port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(64)
    return listener


def serve(listener, what):
    while True:
        to = listener.accept()[0]
        # A process for each: those that never stop talking would hold up those that have something to say.
        if os.fork() == 0:
            for each in listeners:
                each.close()
            what(to)
            os._exit(0)
        to.close()


signal.signal(signal.SIGCHLD, signal.SIG_IGN)
listeners = [listen("127.0.0.1", 8900), listen("127.0.0.2", 8902), listen("127.0.0.1", 8901)]
for silent in listeners[:2]:
    threading.Thread(target=serve, args=(silent, called), daemon=True).start()
serve(listeners[2], answer)
