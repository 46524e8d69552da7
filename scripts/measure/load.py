"""Mail sent and timed, connections held."""

import os
import re
import socket
import subprocess
import sys
import time


def source(port, count, size, sessions, to="b@foreign.example"):
    """Seconds that smtp-source takes."""
    command = [
        "smtp-source", "-d", "-s", str(sessions), "-m", str(count), "-l", str(size),
        "-f", "a@sender.example", "-t", to, f"127.0.0.1:{port}"]
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def fill(port, count, size, to):
    """Seconds that it takes to leave many messages; a session may bring 1,000."""
    return sum(source(port, min(count - done, 50_000), size, 100, to)
               for done in range(0, count, 50_000))


def end_to_end(server, sink, count, size, sessions, to="b@foreign.example"):
    before = sink.count()
    began = time.monotonic()
    source(server.port, count, size, sessions, to)
    while sink.count() - before < count:
        if time.monotonic() - began > 180:
            sys.exit(f"bench: {server.name} delivered {sink.count() - before} of {count} in 180 s")
        time.sleep(0.01)
    return count / (time.monotonic() - began)


def ask(s, line):
    """One command, one reply."""
    if line:
        s.sendall(line.encode() + b"\r\n")
    reply = b""
    while not re.search(rb"(^|\n)\d{3} [^\n]*\n$", reply):
        more = s.recv(4096)
        if not more:
            raise OSError("closed")
        reply += more
    return reply


def open_idle(
        port, count, commands=(None, "EHLO idle.example", "MAIL FROM:<a@sender.example>")):
    sockets = []
    for number in range(count):
        s = socket.socket()
        s.bind((f"127.0.{1 + number // 2000}.1", 0))
        s.settimeout(20)
        try:
            s.connect(("127.0.0.1", port))
            for command in commands:
                ask(s, command)
        except OSError as error:
            print(f"bench: stopped at {number} connections: {error}", file=sys.stderr)
            s.close()
            break
        sockets.append(s)
    return sockets
