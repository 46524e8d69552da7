"""Memory of connections that wait, and of those that bring much."""

import socket
import statistics
import sys
import threading
import time

from measure.bench import heading, line
from measure.load import ask, open_idle, source
from measure.servers import Postfix


def greeted(bench):
    heading("memory with greeted connections, MB (PSS)", "Kadomori", "Postfix")
    for count in (1000, 10000):
        servers = [bench.gate(f"k-greeted-{count}")]
        # A process a connection: 10,000 of Postfix would not fit into most machines.
        if count == 1000:
            servers += bench.started(
                Postfix(f"{bench.folder}/p-greeted", None, processes=count + 10))
        cells = []
        for server in servers:
            sockets = open_idle(server.port, count, commands=(None,))
            cells.append(f"{server.memory():,.1f}")
            if len(sockets) < count:
                cells[-1] += f" ({len(sockets):,})"
            for s in sockets:
                s.close()
        line(f"{count:,} connections", *(cells + ["not tried"])[:2])
        bench.stop(*servers)


def idle(bench):
    count = 10000 // bench.scale
    messages = 15000 // bench.scale
    gate = bench.gate("k-idle")
    # A gate that has worked, so that its start does not count for the connections.
    source(gate.port, messages, 4096, 20)
    alone = [messages / source(gate.port, messages, 4096, 20) for _ in range(bench.rounds)]
    before = gate.resident()
    sockets = open_idle(gate.port, count)
    after = gate.resident()
    beside = [messages / source(gate.port, messages, 4096, 20) for _ in range(bench.rounds)]
    for s in sockets:
        s.close()
    time.sleep(1)
    alone += [messages / source(gate.port, messages, 4096, 20) for _ in range(bench.rounds)]
    bench.stop(gate)
    heading(f"{len(sockets):,} idle connections after EHLO and MAIL", "before", "with them")
    line("resident memory, MB", f"{before:,.1f}", f"{after:,.1f}")
    line("a connection, KB", "", f"{(after - before) * 1024 / max(1, len(sockets)):.1f}")
    alone, beside = statistics.median(alone), statistics.median(beside)
    line("a busy client, messages/s", f"{alone:,.0f}", f"{beside:,.0f}")
    line("it loses", "", f"{(1 - beside / alone) * 100:.1f} %")


def large(bench):
    connections = 20 // bench.scale
    heading(f"{connections} messages of 50 MB at once, MB", "Kadomori", "Postfix")
    servers = [bench.gate("k-large"),
               bench.started(Postfix(f"{bench.folder}/p-large", None))[0]]
    cells = []
    for server in servers:
        source(server.port, 500, 4096, 20)
        before, most = large_memory(server, connections)
        cells.append((before, most, (most - before) / connections))
    line("memory before (PSS)", *(f"{cell[0]:.1f}" for cell in cells))
    line("most meanwhile", *(f"{cell[1]:.1f}" for cell in cells))
    line("a connection", *(f"{cell[2]:.2f}" for cell in cells))
    bench.stop(*servers)


def large_memory(server, connections):
    text = (b"x" * 76 + b"\r\n") * 1000
    pieces = 50_000_000 // len(text)
    answers = []

    def send():
        with socket.create_connection(("127.0.0.1", server.port), 60) as s:
            for command in (None, "EHLO large.example", "MAIL FROM:<a@sender.example>",
                            "RCPT TO:<b@foreign.example>", "DATA"):
                ask(s, command)
            s.sendall(b"Subject: large\r\n\r\n")
            for _ in range(pieces):
                s.sendall(text)
            answers.append(ask(s, "."))

    before = most = server.memory()
    threads = [threading.Thread(target=send) for _ in range(connections)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        most = max(most, server.memory())
        time.sleep(0.05)
    taken = sum(answer.startswith(b"250") for answer in answers)
    if taken < connections:
        print(f"bench: {server.name} took only {taken} of {connections} large messages: "
              f"{[a for a in answers if not a.startswith(b'250')][:1]}", file=sys.stderr)
    return before, most
