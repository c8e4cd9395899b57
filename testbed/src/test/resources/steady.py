"""steady.py serve PORT: answers each request of eight bytes with the same eight bytes.

steady.py ask ADDRESS PORT RATE FILE: makes one connection and sends RATE requests a second through it until FILE exists,
each written by itself, none waiting for the answer before. Prints requests, answers, seconds and the longest silence in
milliseconds; fails when the connection ends or an answer is out of order.
"""

import os
import socket
import struct
import sys
import threading
import time


def serve(port):
    listening = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    while True:
        sock, _ = listening.accept()
        threading.Thread(target=echo, args=(sock,), daemon=True).start()


def echo(sock):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while data := sock.recv(1 << 16):
        sock.sendall(data)


class Answers(threading.Thread):
    def __init__(self, sock):
        super().__init__(daemon=True)
        self.sock = sock
        self.count = 0
        self.silence = 0.0
        self.fault = None

    def run(self):
        rest, last = b"", time.monotonic()
        while data := self.sock.recv(1 << 16):
            now = time.monotonic()
            self.silence, last = max(self.silence, now - last), now
            rest += data
            whole = len(rest) // 8
            for (number,) in struct.iter_unpack("!Q", rest[: whole * 8]):
                if number != self.count:
                    self.fault = f"{number} came instead of {self.count}"
                    return
                self.count += 1
            rest = rest[whole * 8 :]


def ask(address, port, rate, file):
    sock = socket.create_connection((address, port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    answers = Answers(sock)
    answers.start()
    sent, start = 0, time.monotonic()
    while not os.path.exists(file) and not answers.fault:
        due = int((time.monotonic() - start) * rate)
        for number in range(sent, due):
            sock.sendall(struct.pack("!Q", number))
        sent = max(sent, due)
        time.sleep(0.002)
    took = time.monotonic() - start
    sock.shutdown(socket.SHUT_WR)
    answers.join(10)
    print(sent, answers.count, round(took, 1), round(answers.silence * 1000), answers.fault or "")
    sys.exit(0 if answers.count == sent and not answers.fault else 1)


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    ask(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
