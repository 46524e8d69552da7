"""What the clients sent and were told."""

import hashlib
import random
import socket
import time


class Ledger:
    """What the clients were told, by token."""

    def __init__(self):
        self.entries = {}
        self.is_closed = False

    def client(self, port, number, seed):
        dice = random.Random(f"{seed} {number}")
        count = 0
        while not self.is_closed:
            try:
                with socket.create_connection(("127.0.0.1", port), 10) as s:
                    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    s.settimeout(60)
                    reader = s.makefile("rb")
                    self.ask(s, reader, None)
                    self.ask(s, reader, "EHLO client.example")
                    for _ in range(dice.randint(1, 12)):
                        if self.is_closed:
                            break
                        count += 1
                        self.message(s, reader, f"{number}-{count}", dice)
                        time.sleep(dice.random() * 0.04)
            except OSError:
                time.sleep(0.05)

    @staticmethod
    def ask(s, reader, line):
        if line is not None:
            s.sendall(line.encode() + b"\r\n")
        while True:
            reply = reader.readline(4096)
            if not reply.endswith(b"\n"):
                raise OSError("cut")
            if reply[3:4] != b"-":
                return int(reply[:3]), reply.decode("latin-1").strip()

    def message(self, s, reader, token, dice):
        where = dice.choice((["fixed"], ["behind"], ["fixed", "behind"]))
        # Beyond 256 KiB a body has a file of its own.
        size = dice.randint(270_000, 600_000) if dice.random() < 0.02 else dice.randint(200, 9000)
        body = "".join(f"{token} {n} ....{n * 7919 % 1000003}\r\n" for n in range(size // 24 + 1))
        whole = f"X-Torture: {token}\r\nSubject: {token}\r\n\r\n{body}".encode()
        head = (b"From: <a@sender.example>\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
                b"Message-ID: <" + token.encode() + b"@client.example>\r\n")
        entry = {"where": where, "digest": hashlib.sha256(whole).hexdigest(), "what": "before",
                 "code": 0, "reply": "", "time": 0.0}
        self.entries[token] = entry
        self.ask(s, reader, "MAIL FROM:<a@sender.example>")
        for hop in where:
            self.ask(s, reader, f"RCPT TO:<{token}@{hop}.example>")
        code, reply = self.ask(s, reader, "DATA")
        if code != 354:
            entry.update(what="answered", code=code, reply=reply, time=time.time())
            self.ask(s, reader, "RSET")
            return
        s.sendall(head + whole)
        entry["what"] = "after"
        s.sendall(b".\r\n")
        code, reply = self.ask(s, reader, None)
        entry.update(what="answered", code=code, reply=reply, time=time.time())
