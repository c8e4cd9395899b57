#!/usr/bin/python3
"""Sends numbered probes and listens for them, on a host, in a container or in a network namespace.

probe.py listen packets LINK...   everything that arrives at these links
probe.py listen stack LINK...     what gets past the firewall to this host's own sockets ("arrived"), and frames
                                  that are handed up by these bridges ("framed")
probe.py send                     sends what standard input says, one probe a line:
    frame LINK HEX                a frame as it is
    udp|tcp|icmp ID ADDRESS PORT  from a socket; a link-local address is followed by %LINK
    flood LINK COUNT              frames with random source addresses

A probe carries its number in its payload as "probe-00042;"; a connection also in its source port. Listening ends with
SIGTERM and prints one line per thing seen:
    arrived|framed ID LINK SOURCE
    answered ID                   the echo of a probe came back
    claim ADDRESS MAC             somebody said in ARP or neighbour discovery that the address is his
    lost COUNT                    the kernel had no room for what arrived
Only Debian's python3-minimal is needed.
"""

import os
import re
import select
import signal
import socket
import struct
import sys
import time

PORT = 7777  # where every listener answers
FIRST = 20000  # probe 42 connects from port 20042
MARK = re.compile(rb"probe-(\d{5});")
ALL, ARP, IPV4, IPV6 = 0x0003, 0x0806, 0x0800, 0x86DD
OTHERHOST, OUTGOING = 3, 4
SOL_PACKET, ADD_MEMBERSHIP, STATISTICS, PROMISCUOUS = 263, 1, 6, 1
FORCE_BUFFER = 33


def mac(raw):
    return raw.hex(":")


def v4(raw):
    return socket.inet_ntop(socket.AF_INET, raw)


def v6(raw):
    return socket.inet_ntop(socket.AF_INET6, raw)


class Listener:
    def __init__(self, mode, links):
        self.seen = set()
        self.poll = select.poll()
        self.handlers = {}
        self.packets = []
        for link in links:
            self.packet_socket(link, promiscuous=mode == "packets", as_frame=mode == "stack")
        if mode == "stack":
            for family, protocol in (
                (socket.AF_INET, socket.IPPROTO_UDP),
                (socket.AF_INET, socket.IPPROTO_TCP),
                (socket.AF_INET, socket.IPPROTO_ICMP),
                (socket.AF_INET6, socket.IPPROTO_UDP),
                (socket.AF_INET6, socket.IPPROTO_TCP),
                (socket.AF_INET6, socket.IPPROTO_ICMPV6),
            ):
                self.raw_socket(family, protocol)
        self.servers()

    def watch(self, sock, handler):
        sock.setblocking(False)
        self.handlers[sock.fileno()] = (sock, handler)
        self.poll.register(sock, select.POLLIN)

    def packet_socket(self, link, promiscuous, as_frame):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL))
        enlarge(sock)
        sock.bind((link, ALL))
        if promiscuous:
            membership = struct.pack("iHH8s", socket.if_nametoindex(link), PROMISCUOUS, 0, b"")
            sock.setsockopt(SOL_PACKET, ADD_MEMBERSHIP, membership)
        self.packets.append(sock)

        def handler():
            frame, (_, _, kind, _, _) = sock.recvfrom(65536)
            if kind == OUTGOING or (kind == OTHERHOST and not promiscuous):
                return
            self.frame(link, frame, "framed" if as_frame else "arrived")

        self.watch(sock, handler)

    def raw_socket(self, family, protocol):
        sock = socket.socket(family, socket.SOCK_RAW, protocol)
        enlarge(sock)

        def handler():
            packet, source = sock.recvfrom(65536)
            if family == socket.AF_INET:
                packet = packet[(packet[0] & 15) * 4 :]
            self.transport(protocol, packet, "arrived", "-", source[0])

        self.watch(sock, handler)

    def servers(self):
        """One that answers connections, one that swallows datagrams so that nobody complains of a closed port."""
        stream = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        stream.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stream.bind(("::", PORT))
        stream.listen(512)

        def accept():
            connection, _ = stream.accept()

            def echo():
                data = connection.recv(4096)
                if data:
                    connection.send(data)
                else:
                    self.poll.unregister(connection)
                    connection.close()

            self.watch(connection, echo)

        self.watch(stream, accept)
        datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        datagrams.bind(("::", PORT))
        self.watch(datagrams, lambda: datagrams.recv(65536))

    def frame(self, link, frame, word):
        kind = int.from_bytes(frame[12:14], "big")
        source = mac(frame[6:12])
        if kind == ARP and frame[20:22] == b"\0\2":
            self.seen.add(f"claim {v4(frame[28:32])} {mac(frame[22:28])}")
        if kind == IPV4 and len(frame) >= 34:
            inner = frame[14 + (frame[14] & 15) * 4 :]
            self.transport(frame[23], inner, word, link, v4(frame[26:30]))
        elif kind == IPV6 and len(frame) >= 54:
            self.transport(frame[20], frame[54:], word, link, v6(frame[22:38]), source)
        else:
            self.marks(frame, word, link, source)

    def transport(self, protocol, data, word, link, source, sender=None):
        """What is behind the IP header; extension headers are not followed, the mark is found behind them as well."""
        if protocol in (1, 58) and len(data) >= 8:
            if data[0] == (0 if protocol == 1 else 129):
                for number in MARK.findall(data):
                    self.seen.add(f"answered {int(number)}")
                return
            if data[0] in ((3,) if protocol == 1 else (1,)):
                return  # a complaint that quotes the probe
            if protocol == 58 and data[0] == 136 and sender:
                target = data[26:32] if data[24:26] == b"\2\1" else None
                self.seen.add(f"claim {v6(data[8:24])} {mac(target) if target else sender}")
        if protocol == 6 and len(data) >= 20 and data[13] & 0x12 == 0x02:
            port = int.from_bytes(data[0:2], "big")
            if data[2:4] == PORT.to_bytes(2, "big") and port >= FIRST:
                self.seen.add(f"{word} {port - FIRST} {link} {source}")
        self.marks(data, word, link, source)

    def marks(self, data, word, link, source):
        for number in MARK.findall(data):
            self.seen.add(f"{word} {int(number)} {link} {source}")

    def run(self):
        wake, woken = os.pipe()
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGTERM, lambda *_: None)
        self.poll.register(wake, select.POLLIN)
        print("ready", flush=True)
        ending = False
        while True:
            events = self.poll.poll(0 if ending else None)
            numbers = [number for number, _ in events if number != wake]
            if ending and not numbers:
                break
            ending = ending or len(numbers) < len(events)
            if ending and wake is not None:
                self.poll.unregister(wake)
                wake = None
            for number in numbers:
                try:
                    self.handlers[number][1]()
                except (BlockingIOError, ConnectionError):
                    pass
        lost = sum(struct.unpack("II", sock.getsockopt(SOL_PACKET, STATISTICS, 8))[1] for sock in self.packets)
        print("\n".join(sorted(self.seen)))
        print(f"lost {lost}", flush=True)


def enlarge(sock):
    try:
        sock.setsockopt(socket.SOL_SOCKET, FORCE_BUFFER, 16 << 20)
    except PermissionError:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 20)


class Sender:
    def __init__(self):
        self.links = {}
        self.connections = {}
        self.poll = select.poll()

    def link(self, name):
        if name not in self.links:
            self.links[name] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.links[name].bind((name, 0))
        return self.links[name]

    def one(self, words):
        if words[0] == "frame":
            self.link(words[1]).send(bytes.fromhex(words[2]))
        elif words[0] == "flood":
            self.flood(self.link(words[1]), int(words[2]))
        else:
            verb, number, text, port = words
            address, _, scope = text.partition("%")
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            to = (address, int(port))
            if scope:
                to += (0, socket.if_nametoindex(scope))
            getattr(self, verb)(family, to, int(number))

    def udp(self, family, to, number):
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.sendto(mark(number), to)

    def icmp(self, family, to, number):
        # Another identification each time, or firewalls take it for a part of what was allowed before.
        identification = (number * 31 + os.getpid()) & 0xFFFF
        kind = 128 if family == socket.AF_INET6 else 8
        echo = struct.pack("!BBHHH", kind, 0, 0, identification, 1) + mark(number)
        if family == socket.AF_INET:
            echo = echo[:2] + struct.pack("!H", checksum(echo)) + echo[4:]
            protocol = socket.IPPROTO_ICMP
        else:
            protocol = socket.IPPROTO_ICMPV6  # the kernel sums up
        with socket.socket(family, socket.SOCK_RAW, protocol) as sock:
            sock.sendto(echo, to[:1] + (0,) + to[2:])

    def tcp(self, family, to, number):
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", FIRST + number))
        sock.connect_ex(to)
        self.connections[sock.fileno()] = (sock, number, [])
        self.poll.register(sock, select.POLLOUT)

    def connected(self, limit):
        """Writes to each connection once it is there, and waits for the echo."""
        end = time.monotonic() + limit
        while self.connections and time.monotonic() < end:
            for descriptor, event in self.poll.poll(100):
                sock, number, written = self.connections[descriptor]
                try:
                    if not written and sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                        sock.send(mark(number))
                        written.append(True)
                        self.poll.modify(sock, select.POLLIN)
                        continue
                    if written and mark(number) in sock.recv(4096):
                        print(f"answered {number}")
                except OSError as failure:
                    print(f"failed {number} {failure.strerror}")
                self.poll.unregister(sock)
                del self.connections[descriptor]
                sock.close()

    def flood(self, link, count):
        """Broadcasts, each from an address of its own."""
        sent = 0
        while sent < count:
            try:
                link.send(b"\xff" * 6 + b"\x06" + os.urandom(5) + b"\x88\xb5" + bytes(46))
                sent += 1
            except OSError:
                time.sleep(0.001)  # the queue is full

    def run(self):
        for count, line in enumerate(sys.stdin):
            words = line.split()
            try:
                self.one(words)
            except OSError as failure:
                print(f"failed {' '.join(words)[:60]} {failure.strerror}")
            if count % 20 == 19:
                time.sleep(0.005)  # room for those who listen
        self.connected(1.5)


def mark(number):
    return b"probe-%05d;" % number


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


if __name__ == "__main__":
    if sys.argv[1] == "listen":
        Listener(sys.argv[2], sys.argv[3:]).run()
    else:
        Sender().run()
