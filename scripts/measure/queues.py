"""A start with a long queue, and live mail beside dead hosts."""

import socket
import statistics
import time

from measure.bench import heading, line
from measure.load import end_to_end, fill, source
from measure.ports import free_port
from measure.servers import BARE


WAITING = BARE + """[domain."live.example"]
route = "smtp://127.0.0.1:{live}"
recipients = "any"
[domain."dead.example"]
route = "smtp://127.0.0.1:{dead}"
recipients = "any"
[retry]
first = "{first}"
longest = "7d"
"""


def restart(bench):
    count = 200_000 // bench.scale
    live, closed = bench.sink(), free_port()
    gate = bench.gate("k-restart", None, WAITING.format(
        live=live.port, dead=closed, first="1d"))
    empty = gate.resident()
    rate = count / fill(gate.port, count, 1024, "b@dead.example")
    full = gate.resident()
    heading(f"{count:,} queued messages of 1 KB", "")
    line("taken in at, messages/s", f"{rate:,.0f}")
    line("memory a queued message as they came, bytes", f"{(full - empty) * 2**20 / count:,.0f}")
    gate.process.kill()
    gate.process.wait()
    began = time.monotonic()
    gate.start()
    source(gate.port, 1, 1024, 1, "b@live.example")
    line("killed and started; first mail accepted after, s", f"{time.monotonic() - began:.2f}",
         f"CPU {gate.processor():.2f} s")
    while live.count() < 1 and time.monotonic() - began < 120:
        time.sleep(0.01)
    line("that mail delivered after, s", f"{time.monotonic() - began:.2f}",
         f"CPU {gate.processor():.2f} s")
    time.sleep(3)
    line("memory a queued message then, bytes",
         f"{(gate.resident() - empty) * 2**20 / count:,.0f}")
    began = time.monotonic()
    gate.stop()
    line("stopped in, s", f"{time.monotonic() - began:.2f}")
    hop = bench.sink(closed)
    began = time.monotonic()
    gate.start()
    while hop.count() < 1 and time.monotonic() - began < 120:
        time.sleep(0.005)
    line("their host is back: first delivered after, s", f"{time.monotonic() - began:.2f}",
         f"CPU {gate.processor():.2f} s")
    first, at = hop.count(), time.monotonic()
    for seconds in (10, 70):
        while time.monotonic() - at < seconds and hop.count() < count:
            time.sleep(0.02)
        line(f"delivered in {time.monotonic() - at:.0f} s", f"{hop.count():,}",
             f"{(hop.count() - first) / (time.monotonic() - at):,.0f}/s")
    bench.stop(gate, hop, live)


def dead(bench):
    count = 50_000 // bench.scale
    messages = 10_000 // bench.scale
    # Takes connections, as the kernel does for anyone who listens, and never greets.
    deaf = socket.socket()
    deaf.bind(("127.0.0.1", 0))
    deaf.listen(500)
    sinks = [bench.sink(), bench.sink()]
    gates = [
        bench.gate(f"k-dead-{index}", None, WAITING.format(
            live=sink.port, dead=deaf.getsockname()[1], first="5m"))
        for index, sink in enumerate(sinks)]
    for gate in gates:
        source(gate.port, 500, 4096, 20)
    fill(gates[1].port, count, 4096, "b@dead.example")
    figures = [[], []]
    for _ in range(bench.rounds + 2):
        for index, gate in enumerate(gates):
            figures[index].append(
                end_to_end(gate, sinks[index], messages, 4096, 20, "b@live.example"))
    without, beside = (statistics.median(f) for f in figures)
    heading(f"end to end, 4 KB, {count:,} wait for a dead host", "without", "beside them")
    line("messages/s", f"{without:,.0f}", f"{beside:,.0f}")
    line("loses", "", f"{(1 - beside / without) * 100:.1f} %")
    line("each round", " ".join(f"{f:,.0f}" for f in figures[0]), " / ",
         " ".join(f"{f:,.0f}" for f in figures[1]))
    bench.stop(*gates, *sinks)
    deaf.close()
    silent(bench, without)


def silent(bench, without):
    """Live mail while 40 hosts hold every attempt at them for five minutes."""
    hosts = 40
    silent = socket.socket()
    silent.bind(("0.0.0.0", 0))
    silent.listen(4000)
    port = silent.getsockname()[1]
    sink = bench.sink()
    gate = bench.gate("k-silent", None, WAITING.format(
        live=sink.port, dead=port, first="5m") + "".join(
            f'[domain."silent{n}.example"]\nroute = "smtp://127.0.1.{n + 1}:{port}"\n'
            'recipients = "any"\n' for n in range(hosts)))
    for n in range(hosts):
        source(gate.port, 50, 1024, 5, f"b@silent{n}.example")
    rates = [end_to_end(gate, sink, 5000 // bench.scale, 4096, 20, "b@live.example")
             for _ in range(bench.rounds)]
    heading(f"end to end, 4 KB, beside {hosts} hosts that say nothing", "without", "beside them")
    line("messages/s", f"{without:,.0f}", f"{statistics.median(rates):,.0f}")
    bench.stop(gate, sink)
    silent.close()
