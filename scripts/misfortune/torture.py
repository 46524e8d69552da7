"""What is done to the system, and how it heals."""

import collections
import json
import os
import random
import re
import subprocess
import threading
import time

from misfortune.disk import Disk
from misfortune.events import Events
from misfortune.gate import START_SECONDS, Gate, answers
from misfortune.hops import Hop, NameServer
from misfortune.ledger import Ledger

CLIENTS = 16
# How long the queue may take to drain at the end, by itself and after a clean restart. A gate leaves
# a destination that was in trouble alone for a while; a start forgets that.
DRAIN_SECONDS = (45, 120)


class Torture:
    def __init__(self, options, folder, trail):
        self.options = options
        self.dice = random.Random(options.seed)
        self.events = Events(trail)
        self.disk = Disk(folder)
        self.names = NameServer()
        self.hops = {name: Hop(folder, name) for name in ("fixed", "behind")}
        self.gate = Gate(options.binary, folder, self.disk, self.hops["fixed"],
                         self.hops["behind"], self.names, self.events, options.syncs)
        self.ledger = Ledger()
        self.clients = [
            threading.Thread(target=self.ledger.client, args=(self.gate.port, n, options.seed))
            for n in range(CLIENTS)]

    # What is done to the system; each heals what it broke.

    def kill_gate(self, pause=0.4):
        now = time.time()
        if (state := self.gate.kill()) is not None:
            self.events.find(f"the gate had ended by itself, with {state}")
        time.sleep(self.dice.random() * pause)
        self.gate.start()
        self.events.note("gate killed", now, time.time())

    def kill_hop(self):
        hop = self.dice.choice(list(self.hops.values()))
        now = time.time()
        hop.kill()
        time.sleep(self.dice.random() * 1.5)
        hop.start()
        self.events.note("hop killed", now, time.time())

    def fill_disk(self):
        now = time.time()
        self.disk.fill()
        time.sleep(1 + self.dice.random() * 2)
        if self.dice.random() < 0.5:
            # A start on a full disk; it may well end, so nobody waits for its greeting.
            self.gate.kill()
            self.gate.launch()
            time.sleep(1)
        self.disk.empty()
        if self.gate.process.poll() is not None:
            self.gate.start()
        elif not answers(self.gate.port, START_SECONDS):
            self.events.find("the gate does not answer after the disk was full")
        self.events.note("disk full", now, time.time())

    def lose_disk(self, kind, way):
        now = time.time()
        way()
        time.sleep(self.dice.random())
        self.gate.kill()
        self.disk.unmount()
        self.disk.check()
        self.disk.mount()
        self.gate.start()
        self.events.note(kind, now, time.time())

    def cut_power(self):
        self.lose_disk("power cut", self.disk.cut_power)

    def abort_disk(self):
        self.lose_disk("disk turned read-only by an error", self.disk.abort)

    def start_read_only(self):
        now = time.time()
        self.gate.kill()
        if not self.disk.remount("ro"):
            self.events.find("the disk could not be made read-only")
        self.gate.launch()
        time.sleep(1 + self.dice.random())
        self.gate.kill()
        self.disk.remount("rw")
        self.gate.start()
        self.events.note("start on a read-only disk", now, time.time())

    def exhaust_files(self):
        now = time.time()
        pid = self.gate.process.pid
        try:
            used = len(os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            return
        most = max(used - self.dice.randint(0, 8), 8)
        set_limit = ["prlimit", "--pid", str(pid)]
        soft, hard = subprocess.run(
            set_limit + ["--nofile", "-o", "SOFT,HARD", "--noheadings"],
            capture_output=True, text=True).stdout.split()
        subprocess.run(set_limit + [f"--nofile={most}:{hard}"])
        time.sleep(1 + self.dice.random() * 3)
        subprocess.run(set_limit + [f"--nofile={soft}:{hard}"])
        if not answers(self.gate.port, START_SECONDS):
            self.events.find("the gate does not answer after its file table was full")
        self.events.note("file table full", now, time.time())

    def kill_names(self):
        now = time.time()
        self.names.is_dead = True
        time.sleep(1 + self.dice.random() * 4)
        self.names.is_dead = False
        self.events.note("DNS dead", now, time.time())

    def run(self):
        for client in self.clients:
            client.start()
        end = time.monotonic() + self.options.minutes * 60
        faults = [self.fill_disk, self.cut_power, self.abort_disk, self.start_read_only,
                  self.exhaust_files, self.kill_names]
        # Without syncs nothing but a lost disk can show it, so that comes first.
        pending = [] if self.options.syncs else [self.abort_disk, self.cut_power]
        while time.monotonic() < end:
            time.sleep(self.dice.random() * 2.5)
            lot = self.dice.random()
            if lot < 0.62:
                self.kill_gate()
            elif lot < 0.78:
                self.kill_hop()
            else:
                # Each kind in turn, in an order that differs from turn to turn.
                pending = pending or self.dice.sample(faults, len(faults))
                pending.pop()()

    def heal(self):
        """Waits until nothing waits any more; tells whether that came to pass."""
        self.ledger.is_closed = True
        for client in self.clients:
            client.join(90)
        if any(client.is_alive() for client in self.clients):
            self.events.find("clients still wait for an answer after 90 s")
        began = time.monotonic()
        self.restarted_with = 0
        if not self.drain(DRAIN_SECONDS[0]):
            self.restarted_with = self.status.get("queued", 0)
            self.gate.process.terminate()
            self.ended()
            self.gate.start()
            if not self.drain(DRAIN_SECONDS[1]):
                self.events.find(f"the queue does not drain: {self.status}")
        self.drained = time.monotonic() - began
        self.release()
        time.sleep(1)

    def release(self):
        """Lets go what the gate held for a person: it is kept, not lost, and must come whole."""
        self.held = self.status.get("held", 0)
        if not self.held:
            return
        held = [m for m in json.loads(self.gate.command("queue", "list", "--json"))
                if m.get("held")]
        self.reasons = collections.Counter(
            re.sub(r" \(by .*|/\S+", "", m["held"]) for m in held).most_common(3)
        self.gate.command("queue", "release", *(m["id"] for m in held))
        if not self.drain(30) or self.status.get("held"):
            self.events.find(f"held messages do not go when they are released: {self.status}")

    def drain(self, seconds):
        end = time.monotonic() + seconds
        self.status = {}
        while time.monotonic() < end:
            self.status = self.gate.status() or self.status
            if self.status.get("queued", 1) - self.status.get("held", 0) <= 0:
                return True
            time.sleep(0.5)
        return False

    def ended(self):
        try:
            self.gate.process.wait(30)
        except subprocess.TimeoutExpired:
            self.events.find("the gate does not end within 30 s of SIGTERM")
            self.gate.kill()

    def stop(self):
        self.gate.process.terminate()
        self.ended()
        for hop in self.hops.values():
            hop.kill()
