"""From the end of data to 250."""

import os
import random
import re
import statistics
import subprocess
import time
import urllib.request

from measure.bench import heading, line
from measure.load import source
from measure.paced import paced
from measure.ports import free_port
from measure.servers import BARE

HERE = os.path.dirname(os.path.abspath(__file__))
SESSIONS = 20
SLOWER = 600
"""Microseconds: with them a sync takes about as long as on a usual server's disk."""


def latency(bench):
    status = free_port()
    gate = bench.gate("k-latency", None, watched(status))
    most = rate(bench, gate)
    seconds = 4 if bench.options.quick else 10
    heading(f"from the end of data to 250, {SESSIONS} sessions, 4 KB", "median", "p99", "p99 in syncs")
    for words, wanted in (("half", most / 2), ("a tenth of", most / 10)):
        alone = paced_syncs(bench, wanted, seconds)
        times = run(f"at {words} {most:,.0f}/s", gate, status, wanted, seconds)
        row("  one sync of 4 KB as often, nothing else running, ms", alone, times)
    bench.stop(gate)
    slow_disk(bench, seconds)


def slow_disk(bench, seconds):
    """The same on a disk that takes longer for each sync than the one that is here."""
    library = os.path.join(bench.folder, "slow_sync.so")
    subprocess.run(
        ["clang", "-O2", "-shared", "-fPIC", f"{HERE}/slow_sync.c", "-o", library], check=True)
    heading(f"the same, each sync made to take {SLOWER / 1000} ms longer", "median", "p99", "p99 in syncs")
    status = free_port()
    gate = bench.gate(
        "k-slow", None, watched(status),
        environment={"LD_PRELOAD": library, "SLOW_SYNC": str(SLOWER)})
    most = rate(bench, gate)
    run(f"at half {most:,.0f}/s", gate, status, most / 2, seconds)
    bench.stop(gate)


def watched(port):
    return f'{BARE}[status]\naddress = "127.0.0.1:{port}"\n'


def rate(bench, gate):
    messages = 15000 // bench.scale
    return statistics.median(
        messages / source(gate.port, messages, 4096, SESSIONS) for _ in range(max(bench.rounds, 2)))


def run(words, gate, status, wanted, seconds):
    """Milliseconds, sorted; prints them and what the gate's own syncs took meanwhile."""
    before = sync_counts(status)
    times = paced(gate.port, wanted, SESSIONS, seconds)
    counts = [(bound, after - count) for (bound, after), (_, count) in zip(sync_counts(status), before)]
    row(f"{words} ({len(times) / seconds:,.0f}/s), ms", times, None)
    half, slow = quantile(counts, 0.5), quantile(counts, 0.99)
    slowest = times[len(times) * 99 // 100]
    line("  the gate's own syncs meanwhile (/metrics), ms", f"{half:.2f}", f"{slow:.2f}",
         f"{slowest / slow:.1f}")
    line("  in syncs of the median", "", "", f"{slowest / half:.1f}")
    return times


def row(words, sorted_times, compared):
    slow = sorted_times[len(sorted_times) * 99 // 100]
    ratio = f"{compared[len(compared) * 99 // 100] / slow:.1f}" if compared else ""
    line(words, f"{statistics.median(sorted_times):.2f}", f"{slow:.2f}", ratio)


def sync_counts(port):
    """(milliseconds, how many syncs took no longer), of the gate's metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.findall(r'kadomori_spool_sync_seconds_bucket\{le="([^"]+)"\} (\d+)', text)
    return [(float(bound) * 1000, int(count)) for bound, count in found]


def quantile(counts, part):
    """As Prometheus' histogram_quantile: between two bounds along a straight line."""
    wanted, low, below = part * counts[-1][1], 0.0, 0
    for bound, count in counts:
        if count >= wanted:
            return bound if bound == float("inf") else low + (bound - low) * (wanted - below) / (count - below)
        low, below = bound, count
    return low


def paced_syncs(bench, rate, seconds):
    """Sorted milliseconds of writing 4 KB into a file that is filled, and syncing it, at moments by chance.

    A disk that rests between two syncs takes longer for each than one that is kept busy.
    """
    path = os.path.join(bench.folder, "paced-sync")
    times, dice = [], random.Random(7)
    with open(path, "wb", buffering=0) as f:
        for _ in range(int(rate * seconds * 1.2) + 100):
            f.write(b"\0" * 4400)
        os.fsync(f.fileno())
        f.seek(0)
        now = due = time.monotonic()
        end = now + seconds
        while due < end:
            due += dice.expovariate(rate)
            time.sleep(max(0, due - time.monotonic()))
            now = time.monotonic()
            f.write(b"x" * 4400)
            os.fdatasync(f.fileno())
            times.append((time.monotonic() - now) * 1000)
    os.unlink(path)
    return sorted(times)
