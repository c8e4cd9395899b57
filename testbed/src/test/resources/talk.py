"""talk.py serve tcp:PORT udp:PORT...: answers whatever is sent there, by IPv4 and IPv6.

talk.py ask: reads lines "tcp|udp|icmp ADDRESS PORT" and prints yes or no for each: whether the first packet got there and
its answer came back. Who refuses a connection was reached; who says that it is prohibited was not.
"""

import errno
import os
import select
import signal
import socket
import struct
import sys
import time

LIMIT = 2.0
AGAIN = 0.7
QUERY = bytes.fromhex("000701000001000000000000") + b"\x03web\x04acme\x08internal\x00\x00\x01\x00\x01"


def listen(kind, port):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    if kind == "udp":
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    sock.bind(("::", port))
    if kind == "tcp":
        sock.listen(256)
    return sock


def serve(words):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    kinds = {}
    for word in words:
        kind, port = word.split(":")
        kinds[listen(kind, int(port))] = kind
    while True:
        for sock in select.select(list(kinds), [], [])[0]:
            if kinds[sock] == "tcp":
                sock.accept()[0].close()
            else:
                # Answers come from the very address that was asked.
                data, beside, _, sender = sock.recvmsg(2048, 256)
                sock.sendmsg([data], beside, 0, sender)


class Probe:
    def __init__(self, number, kind, address, port):
        self.number = number
        self.kind = kind
        self.six = ":" in address
        self.port = port
        self.answer = None
        self.sent = 0.0
        family = socket.AF_INET6 if self.six else socket.AF_INET
        if kind == "tcp":
            self.sock = socket.socket(family, socket.SOCK_STREAM)
        elif kind == "udp":
            self.sock = socket.socket(family, socket.SOCK_DGRAM)
        else:
            self.sock = socket.socket(
                family, socket.SOCK_RAW, socket.IPPROTO_ICMPV6 if self.six else socket.IPPROTO_ICMP
            )
        self.sock.setblocking(False)
        try:
            self.sock.connect((address, port if kind != "icmp" else 0))
        except BlockingIOError:
            pass
        except OSError as e:
            self.failed(e.errno)

    def failed(self, number):
        self.answer = number == errno.ECONNREFUSED

    def send(self, now):
        if self.kind == "tcp" or now - self.sent < AGAIN:
            return
        self.sent = now
        payload = QUERY if self.port == 53 else b"hello"
        if self.kind == "icmp":
            payload = self.echo()
        try:
            self.sock.send(payload)
        except BlockingIOError:
            pass
        except OSError as e:
            self.failed(e.errno)

    def identity(self):
        return (os.getpid() + self.number) & 0xFFFF

    def echo(self):
        head = struct.pack("!BBHHH", 128 if self.six else 8, 0, 0, self.identity(), 1)
        if self.six:
            return head  # the kernel adds the checksum
        total = sum(struct.unpack("!4H", head))
        total = (total >> 16) + (total & 0xFFFF)
        return head[:2] + struct.pack("!H", ~total & 0xFFFF) + head[4:]

    def ready(self):
        if self.kind == "tcp":
            number = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number:
                self.failed(number)
            else:
                self.answer = True
            return
        try:
            data = self.sock.recv(2048)
        except BlockingIOError:
            return
        except OSError as e:
            self.failed(e.errno)
            return
        if self.kind == "icmp":
            if not self.six:
                data = data[(data[0] & 15) * 4 :]
            kind, _, _, identity = struct.unpack("!BBHH", data[:6])
            if kind != (129 if self.six else 0) or identity != self.identity():
                return
        self.answer = True


def ask():
    probes = []
    for number, line in enumerate(sys.stdin):
        kind, address, port = line.split()
        probes.append(Probe(number, kind, address, int(port)))
    end = time.monotonic() + LIMIT
    while True:
        now = time.monotonic()
        waiting = [probe for probe in probes if probe.answer is None]
        if not waiting or now > end:
            break
        for probe in waiting:
            probe.send(now)
        reads = [probe.sock for probe in waiting if probe.kind != "tcp"]
        writes = [probe.sock for probe in waiting if probe.kind == "tcp"]
        found = select.select(reads, writes, [], 0.1)
        seen = found[0] + found[1]
        for probe in waiting:
            if probe.sock in seen:
                probe.ready()
    for probe in probes:
        print("yes" if probe.answer else "no")


if sys.argv[1] == "serve":
    serve(sys.argv[2:])
else:
    ask()
