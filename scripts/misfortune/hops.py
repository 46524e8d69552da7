"""The hops that record what arrives, and the name server that leads to one of them."""

import collections
import os
import socket
import struct
import subprocess
import threading

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Hop:
    def __init__(self, folder, name):
        self.name = name
        self.port = free_port()
        self.record = os.path.join(folder, f"{name}.record")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [os.path.join(HERE, "torture-hop"), str(self.port), self.record],
            stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def arrivals(self):
        """token → [(time, digest, time of the 250 or None)]"""
        found = collections.defaultdict(list)
        with open(self.record) as f:
            for line in f:
                word, when, token, *rest = line.split()
                if word == "got":
                    found[token].append([float(when), rest[0], None])
                elif found[token]:
                    # The answer belongs to the latest arrival that has none.
                    for arrival in reversed(found[token]):
                        if arrival[2] is None:
                            arrival[2] = float(when)
                            break
        return found


class NameServer:
    """Answers MX and A for the one domain behind the DNS; dead on demand."""

    def __init__(self):
        self.port = free_port()
        self.is_dead = False
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("127.0.0.1", self.port))
        while True:
            try:
                query, peer = s.recvfrom(4096)
                if not self.is_dead:
                    s.sendto(self.answer(query), peer)
            except (OSError, IndexError, struct.error):
                pass

    @staticmethod
    def answer(query):
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].lower())
            at += 1 + query[at]
        kind = struct.unpack(">H", query[at + 1:at + 3])[0]
        question = query[12:at + 5]
        record = b""
        if kind == 15 and labels[-2:] == [b"behind", b"example"]:
            value = struct.pack(">H", 10) + b"\x02mx\xc0\x0c"
            record = b"\xc0\x0c" + struct.pack(">HHIH", 15, 1, 1, len(value)) + value
        elif kind == 1:
            record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 1, 4) + b"\x7f\0\0\1"
        head = query[:2] + struct.pack(">HHHHH", 0x8580, 1, 1 if record else 0, 0, 0)
        return head + question + record
