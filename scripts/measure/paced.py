"""Mail at moments drawn by chance, each timed from the final dot to the 250."""

import os
import random
import select
import socket
import struct
import sys
import time

from measure.load import ask

SO_TIMESTAMPNS = 35
"""Of Linux, socket(7); Python has no name for it."""

COMMANDS = b"MAIL FROM:<a@sender.example>\r\nRCPT TO:<b@foreign.example>\r\nDATA\r\n"
BODY = b"Subject: paced\r\n\r\n" + (b"x" * 76 + b"\r\n") * 52 + b".\r\n"
MOST = 900
"""Messages of one session; a gate ends those that bring more than 1,000."""


def paced(port, rate, sessions, seconds):
    """Sorted milliseconds from the final dot to the 250 of messages of 4 KB.

    One process for all sessions: what clients take of the processors is time the server does not have.
    """
    inlet, outlet = os.pipe()
    if os.fork():
        os.close(outlet)
        with os.fdopen(inlet) as f:
            times = sorted(float(word) for word in f.read().split())
        os.wait()
        return times
    try:
        times = Load(port, sessions).run(rate, seconds)
        with os.fdopen(outlet, "w") as f:
            f.write(" ".join(f"{value:.4f}" for value in times))
    except OSError as error:
        print(f"bench: the paced load broke: {error}", file=sys.stderr)
    finally:
        os._exit(0)


class Load:
    def __init__(self, port, sessions):
        self.port = port
        self.watch = select.epoll()
        self.sockets, self.carried = {}, {}
        self.free = []
        self.ended = {}
        """When each session's content ended, of those that are in a transaction; None before that."""
        self.times = []
        for _ in range(sessions):
            self.connect()

    def connect(self):
        s = socket.create_connection(("127.0.0.1", self.port), 30)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        ask(s, None)
        ask(s, "EHLO paced.example")
        self.watch.register(s, select.EPOLLIN)
        self.sockets[s.fileno()], self.carried[s.fileno()] = s, 0
        self.free.append(s.fileno())

    def run(self, rate, seconds):
        dice = random.Random(7)
        now = due = time.monotonic()
        end = now + seconds
        while now < end or self.ended:
            # One that comes while every session is busy waits for the next that is free.
            if self.free and due <= now < end:
                number = self.free.pop(0)
                self.sockets[number].sendall(COMMANDS)
                self.ended[number] = None
                due += dice.expovariate(rate)
            patience = max(0.0, min(due - now, 1)) if self.free and now < end else 1
            for number, _ in self.watch.poll(patience):
                self.hear(number)
            now = time.monotonic()
        return self.times

    def hear(self, number):
        reply, words, _, _ = self.sockets[number].recvmsg(4096, 64)
        if not reply:
            raise OSError("the gate has ended a session")
        ended = self.ended.get(number)
        if ended is not None:
            if not reply.startswith(b"250"):
                raise OSError(reply.decode("latin-1"))
            self.times.append((arrival(words) - ended) / 1e6)
            self.finish(number)
        elif b"354" in reply:
            # On loopback what is sent has come before the call returns.
            self.ended[number] = time.time_ns()
            self.sockets[number].sendall(BODY)

    def finish(self, number):
        del self.ended[number]
        self.carried[number] += 1
        if self.carried[number] < MOST:
            self.free.append(number)
        else:
            self.watch.unregister(number)
            self.sockets.pop(number).close()
            self.connect()


def arrival(words):
    """When the kernel took the segment, in nanoseconds of the clock: recvmsg's SCM_TIMESTAMPNS.

    How long this process then waits for a processor, or for its turn with the others, is no time of the server's.
    A kernel begins to note the time a moment after it was asked to; until then it is now.
    """
    for level, kind, data in words:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            return seconds * 10**9 + nanoseconds
    return time.time_ns()
