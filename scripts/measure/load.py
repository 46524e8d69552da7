"""Mail sent and timed, connections held."""

import os
import random
import re
import select
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


def paced(port, rate, sessions, seconds):
    """Messages of 4 KB at moments drawn by chance; sorted milliseconds from the final dot to the 250.

    One process for all sessions: what clients take of the processors is time the server does not have.
    """
    body = b"Subject: paced\r\n\r\n" + (b"x" * 76 + b"\r\n") * 52 + b".\r\n"
    commands = b"MAIL FROM:<a@sender.example>\r\nRCPT TO:<b@foreign.example>\r\nDATA\r\n"
    inlet, outlet = os.pipe()
    if os.fork():
        os.close(outlet)
        with os.fdopen(inlet) as f:
            times = sorted(float(word) for word in f.read().split())
        os.wait()
        return times
    try:
        dice, times, watch = random.Random(7), [], select.epoll()
        free, said, asked = [], {}, {}
        for _ in range(sessions):
            s = socket.create_connection(("127.0.0.1", port), 30)
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ask(s, None)
            ask(s, "EHLO paced.example")
            watch.register(s, select.EPOLLIN)
            said[s.fileno()] = s
            free.append(s.fileno())
        now = due = time.monotonic()
        end = now + seconds
        while now < end or asked:
            # One that comes while every session is busy waits for the next that is free.
            if free and due <= now < end:
                number = free.pop(0)
                said[number].sendall(commands)
                asked[number] = None
                due += dice.expovariate(rate)
            for number, _ in watch.poll(max(0.0, min(due - now, 1)) if free and now < end else 1):
                reply = said[number].recv(4096)
                if asked.get(number) is None and b"354" in reply:
                    said[number].sendall(body)
                    asked[number] = time.monotonic()
                elif asked.get(number) is not None:
                    if not reply.startswith(b"250"):
                        raise OSError(reply.decode("latin-1"))
                    times.append((time.monotonic() - asked.pop(number)) * 1000)
                    free.append(number)
            now = time.monotonic()
        with os.fdopen(outlet, "w") as f:
            f.write(" ".join(f"{value:.4f}" for value in times))
    except OSError as error:
        print(f"bench: the paced load broke: {error}", file=sys.stderr)
    finally:
        os._exit(0)
