"""Messages a second and what one costs, Postfix beside it."""

import resource
import statistics
import time

from measure.bench import heading, line
from measure.load import end_to_end, source
from measure.servers import JUDGING, NegativeNames, Postfix


def rate(bench):
    heading("messages a second", "Kadomori", "Postfix", "ratio")
    costs = []
    for kind in ("accepted", "end to end"):
        sinks = [bench.sink(), bench.sink()] if kind == "end to end" else []
        ports = [sink.port for sink in sinks] or [None, None]
        slug = kind.replace(" ", "-")
        servers = [
            bench.gate(f"k-{slug}", ports[0]),
            bench.started(Postfix(f"{bench.folder}/p-{slug}", ports[1]))[0]]
        for size, sessions, counts in (
                (4096, 20, (15000, 5000)), (4096, 100, (15000, 5000)),
                (102400, 20, (3000, 1500))):
            figures, cost = compare(bench, servers, sinks, size, sessions, counts)
            ours, theirs = (statistics.median(f) for f in figures)
            words = f"{size // 1024} KB, {sessions} sessions"
            line(f"{kind}, {words}", f"{ours:,.0f}", f"{theirs:,.0f}", f"{ours / theirs:.2f}")
            if sinks:
                costs.append((words, cost))
        bench.stop(*servers, *sinks)
    heading("CPU a message relayed end to end, µs", "Kadomori", "Postfix", "ratio")
    for words, cost in costs:
        ours, theirs = (statistics.median(c[0] for c in costs) for costs in cost)
        line(words, f"{ours:,.0f}", f"{theirs:,.0f}", f"{ours / theirs:.2f}")
        loads = [statistics.median(c[1] for c in costs) for costs in cost]
        line("  smtp-source and smtp-sink beside it", *(f"{load:,.0f}" for load in loads))
    print("\n  Neither judges who sends or looks into mail (identity.check = [], inspection.on = false).")
    judging(bench)


def judging(bench):
    """The same way with everything on that a gate does by default."""
    sink, names = bench.sink(), bench.started(NegativeNames())[0]
    gate = bench.gate("k-judging", None, JUDGING.format(sink=sink.port, names=names.port), "mx")
    figures, costs = [], []
    count = 5000 // bench.scale
    for _ in range(bench.rounds):
        before = gate.processor()
        figures.append(end_to_end(gate, sink, count, 4096, 20, "b@judged.example"))
        time.sleep(0.3)
        costs.append((gate.processor() - before) / count * 1e6)
    heading("judged and looked into, as by default", "messages/s", "CPU, µs")
    line("4 KB, 20 sessions", f"{statistics.median(figures):,.0f}", f"{statistics.median(costs):,.0f}")
    bench.stop(gate, sink, names)


def compare(bench, servers, sinks, size, sessions, counts):
    """Interleaved rounds: rates, and (server, load generators) µs of CPU a message."""
    figures, costs = [[], []], [[], []]
    for _ in range(bench.rounds):
        for index, server in enumerate(servers):
            count = counts[index] // bench.scale
            sink = sinks[index] if sinks else None
            before = server.processor(), load_processor(sink)
            if sink:
                figures[index].append(end_to_end(server, sink, count, size, sessions))
                time.sleep(0.3)
            else:
                figures[index].append(count / source(server.port, count, size, sessions))
            after = server.processor(), load_processor(sink)
            costs[index].append([(a - b) / count * 1e6 for a, b in zip(after, before)])
    return figures, costs


def load_processor(sink):
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime + (sink.processor() if sink else 0)
