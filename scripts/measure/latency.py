"""From the end of data to 250."""

import statistics

from measure.bench import heading, line
from measure.load import paced, source


def latency(bench):
    sync, slow_sync = bench.sync_time()
    gate = bench.gate("k-latency")
    messages = 15000 // bench.scale
    most = statistics.median(
        messages / source(gate.port, messages, 4096, 20) for _ in range(max(bench.rounds, 2)))
    heading("from the end of data to 250, 20 sessions, 4 KB", "median", "p99")
    line("one append of 4 KB and fdatasync, ms", f"{sync:.2f}", f"{slow_sync:.2f}")
    for words, rate in (("half", most / 2), ("a tenth of", most / 10)):
        seconds = 4 if bench.options.quick else 10
        times, sent = paced(gate.port, rate, 20, seconds)
        median, slow = statistics.median(times), times[len(times) * 99 // 100]
        line(f"at {words} {most:,.0f}/s ({sent / seconds:,.0f}/s), ms", f"{median:.2f}",
             f"{slow:.2f}")
        line("  in syncs", f"{median / sync:.1f}", f"{slow / sync:.1f}")
    bench.stop(gate)
