"""The gate that all is done to."""

import json
import os
import socket
import subprocess
import time

from misfortune.hops import free_port

# A gate or hop that does not answer within this time hangs.
START_SECONDS = 30
# For the proof of the proof: a C library under which no sync does anything.
WITHOUT_SYNC = """
int fsync(int file) { return 0; }
int fdatasync(int file) { return 0; }
int syncfs(int file) { return 0; }
"""


def answers(port, within, process=None):
    end = time.monotonic() + within
    while time.monotonic() < end and (process is None or process.poll() is None):
        try:
            with socket.create_connection(("127.0.0.1", port), 2) as s:
                s.settimeout(5)
                if s.recv(200):
                    return True
        except OSError:
            pass
        time.sleep(0.02)
    return False


class Gate:
    def __init__(self, binary, folder, disk, fixed, behind, names, events, syncs=True):
        self.environment = dict(os.environ)
        if not syncs:
            library = os.path.join(folder, "without-sync.so")
            subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-o", library, "-"],
                           input=WITHOUT_SYNC.encode(), check=True)
            self.environment["LD_PRELOAD"] = library
        self.port = free_port()
        self.binary = binary
        self.events = events
        self.settings = os.path.join(folder, "kadomori.toml")
        self.log = os.path.join(folder, "gate.log")
        with open(self.settings, "w") as f:
            f.write(f'''hostname = "gate.example.test"
data-directory = "{disk.place}"
[[listener]]
kind = "internal"
address = "127.0.0.1:{self.port}"
tls = "none"
[domain."fixed.example"]
route = "smtp://127.0.0.1:{fixed.port}"
recipients = "any"
[network.here]
addresses = ["127.0.0.0/8"]
relays = true
hosts = 1
[outbound]
mx-port = {behind.port}
[dns]
servers = ["127.0.0.1@{names.port}"]
timeout = "2s"
[retry]
first = "1s"
longest = "2s"
[limits]
connections-per-address = 1000
''')
        self.process = None
        self.start()
        # Without syncs of its own: what the first start makes shall not be what is missed.
        os.sync()

    def launch(self):
        self.process = subprocess.Popen(
            [self.binary, "serve", "--settings", self.settings],
            stdout=subprocess.DEVNULL, stderr=open(self.log, "ab"), env=self.environment)

    def start(self):
        self.launch()
        if not answers(self.port, START_SECONDS, self.process):
            state = self.process.poll()
            with open(self.log, "rb") as f:
                f.seek(max(0, os.path.getsize(self.log) - 400))
                last = f.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            self.events.find("the gate does not accept mail after a start"
                             + (f"; it ended with {state}: {last}" if state is not None else ""))

    def kill(self):
        state = self.process.poll()
        self.process.kill()
        self.process.wait()
        return state

    def command(self, *words):
        try:
            done = subprocess.run([self.binary, *words, "--settings", self.settings],
                                  capture_output=True, timeout=30)
            return done.stdout.decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            return ""

    def status(self):
        try:
            return json.loads(self.command("status", "--json"))
        except ValueError:
            return {}
