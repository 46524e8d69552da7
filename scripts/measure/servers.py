"""The servers that a run starts: the gate, Postfix, a sink, a name server."""

import os
import re
import socket
import struct
import subprocess
import sys
import threading

from measure.ports import free_port, wait_port
from measure.processes import children, processor, pss, resident


HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


# A bare Postfix neither judges senders nor looks into mail; nor does the gate that is compared with it.
BARE = """[network.here]
addresses = ["127.0.0.0/8"]
relays = true
hosts = 1
[inspection]
on = false
[identity]
check = []
"""
# What a gate does by itself: strangers bring mail for one of its domains, which it judges and looks into.
JUDGING = """[domain."judged.example"]
route = "smtp://127.0.0.1:{sink}"
recipients = "any"
[dns]
servers = ["127.0.0.1@{names}"]
"""


class Sink:
    """smtp-sink; counts what arrives by the messages it prints."""

    name = "smtp-sink"

    def __init__(self, folder, port=None):
        self.port = port or free_port()
        self.log = os.path.join(folder, f"sink-{self.port}")
        self.process = subprocess.Popen(
            ["smtp-sink", "-c", "-u", "nobody", f"127.0.0.1:{self.port}", "1000"],
            stdout=open(self.log, "wb"), stderr=subprocess.DEVNULL)
        wait_port(self.port)

    def count(self):
        with open(self.log, "rb") as f:
            f.seek(max(0, os.path.getsize(self.log) - 64))
            numbers = re.findall(rb"(\d+)[\r\n]", f.read())
        return int(numbers[-1]) if numbers else 0

    def processor(self):
        return processor([self.process.pid])

    def stop(self):
        self.process.terminate()
        self.process.wait()


class NegativeNames:
    """A name server that knows no name."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        # RFC 2308: with the SOA of the root, so that whoever asks may remember for an hour.
        soa = (b"\0\0\6\0\1\0\0\x0e\x10\0\x16\0\0" + struct.pack("!5I", 1, 3600, 3600, 3600, 3600))
        while True:
            try:
                query, peer = self.socket.recvfrom(4096)
                end = query.index(b"\0", 12) + 5
                header = query[:2] + b"\x81\x83" + struct.pack("!4H", 1, 0, 1, 0)
                self.socket.sendto(header + query[12:end] + soa, peer)
            except (OSError, ValueError):
                return

    def stop(self):
        self.socket.close()


class Kadomori:
    name = "Kadomori"

    def __init__(self, binary, folder, next_hop, more=BARE, kind="internal", environment=None):
        self.port = free_port()
        self.environment = dict(os.environ, **(environment or {}))
        self.folder = folder
        self.binary = binary
        os.makedirs(folder)
        route = f"smtp://127.0.0.1:{next_hop}" if next_hop else "discard"
        self.settings = os.path.join(folder, "kadomori.toml")
        with open(self.settings, "w") as f:
            f.write(f'''hostname = "gate.example.test"
data-directory = "{folder}"
[[listener]]
kind = "{kind}"
address = "127.0.0.1:{self.port}"
tls = "none"
[domain."example.test"]
route = "discard"
recipients = "any"
[outbound]
route = "{route}"
[limits]
connections = 50000
connections-per-address = 50000
{more}
''')
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.binary, "serve", "--settings", self.settings], stdout=subprocess.DEVNULL,
            stderr=open(os.path.join(self.folder, "log"), "ab"), env=self.environment)
        wait_port(self.port)

    def memory(self):
        return pss([self.process.pid] + children(self.process.pid))

    def resident(self):
        return resident(self.process.pid)

    def processor(self):
        return processor([self.process.pid] + children(self.process.pid))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            print("bench: the gate did not end within 60 s of SIGTERM", file=sys.stderr)
            self.process.kill()
            self.process.wait()


class Postfix:
    name = "Postfix"

    def __init__(self, folder, next_hop, processes=100):
        self.port = free_port()
        self.folder = folder
        mode = ["relay", f"127.0.0.1:{next_hop}"] if next_hop else ["discard"]
        subprocess.run(
            [os.path.join(HERE, "postfix-instance"), "start", folder, str(self.port)] + mode,
            check=True, env=dict(os.environ, PROCESSES=str(processes)))
        with open(os.path.join(self.folder, "queue/pid/master.pid")) as f:
            self.master = int(f.read())

    def memory(self):
        return pss([self.master] + children(self.master))

    def processor(self):
        # Those that ended meanwhile are in the master's account of its children.
        return processor([self.master] + children(self.master))

    def stop(self):
        subprocess.run([os.path.join(HERE, "postfix-instance"), "stop", self.folder])
