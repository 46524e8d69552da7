"""From the end of data to 250."""

import os
import random
import re
import statistics
import time
import urllib.request

from measure.bench import heading, line
from measure.load import source
from measure.paced import paced
from measure.ports import free_port
from measure.servers import BARE

SESSIONS = 20


def latency(bench):
    status = free_port()
    gate = bench.gate("k-latency", None, f'{BARE}[status]\naddress = "127.0.0.1:{status}"\n')
    messages = 15000 // bench.scale
    seconds = 4 if bench.options.quick else 10
    most = statistics.median(
        messages / source(gate.port, messages, 4096, SESSIONS) for _ in range(max(bench.rounds, 2)))
    heading(f"from the end of data to 250, {SESSIONS} sessions, 4 KB", "median", "p99", "p99 in syncs")
    for words, rate in (("half", most / 2), ("a tenth of", most / 10)):
        alone = paced_syncs(bench, rate, seconds)
        before = sync_counts(status)
        times = paced(gate.port, rate, SESSIONS, seconds)
        counts = [(bound, after - count) for (bound, after), (_, count) in zip(sync_counts(status), before)]
        row(f"at {words} {most:,.0f}/s ({len(times) / seconds:,.0f}/s), ms", times, None)
        row("  one sync of 4 KB as often, nothing else running, ms", alone, times)
        half, slow = quantile(counts, 0.5), quantile(counts, 0.99)
        slowest = times[len(times) * 99 // 100]
        line("  the gate's own syncs meanwhile (/metrics), ms", f"{half:.2f}", f"{slow:.2f}",
             f"{slowest / slow:.1f}")
        line("  in syncs of the median", "", "", f"{slowest / half:.1f}")
    bench.stop(gate)


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
