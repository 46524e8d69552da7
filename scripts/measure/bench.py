"""One run: its options, its folder, what it has started."""

import os
import statistics
import time

from measure.servers import BARE, Kadomori, Sink


def line(words, *cells):
    print(f"  {words:50}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


def heading(words, *cells):
    print()
    line(words, *cells)


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.running = []
        self.rounds = 1 if options.quick else options.rounds
        self.scale = 5 if options.quick else 1

    def started(self, *servers):
        self.running += servers
        return servers

    def stop(self, *servers):
        for server in servers:
            self.running.remove(server)
            server.stop()

    def gate(self, name, next_hop=None, more=BARE, kind="internal", environment=None):
        gate = Kadomori(
            self.options.binary, f"{self.folder}/{name}", next_hop, more, kind, environment)
        return self.started(gate)[0]

    def sink(self, port=None):
        return self.started(Sink(self.folder, port))[0]

    def sync_time(self):
        """Milliseconds of an append of 4 KB and fdatasync: median and p99."""
        path = os.path.join(self.folder, "sync")
        times = []
        with open(path, "wb", buffering=0) as f:
            for _ in range(500):
                f.write(b"x" * 4096)
                began = time.monotonic()
                os.fdatasync(f.fileno())
                times.append((time.monotonic() - began) * 1000)
        os.unlink(path)
        times.sort()
        return statistics.median(times), times[len(times) * 99 // 100]
