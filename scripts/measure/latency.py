"""From the end of data to 250."""

import os
import random
import statistics
import time

from measure.bench import heading, line
from measure.load import source
from measure.paced import paced

SESSIONS = 20


def latency(bench):
    gate = bench.gate("k-latency")
    messages = 15000 // bench.scale
    seconds = 4 if bench.options.quick else 10
    most = statistics.median(
        messages / source(gate.port, messages, 4096, SESSIONS) for _ in range(max(bench.rounds, 2)))
    heading(f"from the end of data to 250, {SESSIONS} sessions, 4 KB", "median", "p99")
    for words, rate in (("half", most / 2), ("a tenth of", most / 10)):
        syncs = paced_syncs(bench, rate, seconds)
        times = paced(gate.port, rate, SESSIONS, seconds)
        sync, slow_sync = statistics.median(syncs), syncs[len(syncs) * 99 // 100]
        median, slow = statistics.median(times), times[len(times) * 99 // 100]
        line(f"at {words} {most:,.0f}/s ({len(times) / seconds:,.0f}/s), ms", f"{median:.2f}", f"{slow:.2f}")
        line("  one sync of 4 KB as often, nothing else running, ms", f"{sync:.2f}", f"{slow_sync:.2f}")
        line("  in such syncs: of their median", f"{median / sync:.1f}", f"{slow / sync:.1f}")
        line("  of the same percentile", f"{median / sync:.1f}", f"{slow / slow_sync:.1f}")
    bench.stop(gate)


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
