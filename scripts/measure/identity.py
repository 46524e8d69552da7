"""What it costs to prove who sent a message, opendkim and Rspamd beside it."""

import glob
import os
import random
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time

from measure.ports import free_port
from measure.processes import children, processor


def identity(bench):
    """One message, judged over and over by each in its own process."""
    folder = os.path.join(bench.folder, "identity")
    os.makedirs(folder)
    settings = os.path.join(folder, "kadomori.toml")
    with open(settings, "w") as f:
        f.write(f'hostname = "gate.example.test"\ndata-directory = "{folder}"\n')
    command = lambda *words, **more: subprocess.run(
        [bench.options.binary, *words], check=True, capture_output=True, **more).stdout
    key = command("dkim", "keygen", "--settings", settings, "--type", "rsa", "good.example")
    record = key.decode().split("publish these")[0]
    key_file = glob.glob(os.path.join(folder, "dkim/good.example/*.key"))[0]
    text = open(key_file).read().replace("state: waiting", "state: active")
    open(key_file, "w").write(text)
    body = "".join(random.choice("abcdefghij klmnop") for _ in range(70)) + "\r\n"
    message = ("From: a@good.example\r\nTo: b@example.test\r\nSubject: x\r\n"
               "Date: Wed, 25 Nov 2026 01:00:00 +0000\r\nMessage-ID: <1@good.example>\r\n\r\n"
               + body * 284).encode()
    signed = command(
        "dkim", "sign", "--settings", settings, "--domain", "good.example", input=message)
    zone = os.path.join(folder, "zone")
    with open(zone, "w") as f:
        f.write(record + "\ngood.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
                "_dmarc.good.example. TXT \"v=DMARC1; p=reject\"\n"
                "1.2.0.192.in-addr.arpa. PTR mail.good.example.\nmail.good.example. A 192.0.2.1\n")
    name = record.split()[0].rstrip(".")
    key_text = "".join(re.findall(r'"([^"]*)"', record))

    def own():
        words = command(
            "auth", "check", "--ip", "192.0.2.1", "--helo", "mail.good.example", "--mail-from",
            "a@good.example", "--zone", zone, "--rounds", "1000" if bench.options.quick else "5000",
            input=signed)
        return int(words.split()[0])

    judges = [("Kadomori", "SPF, DKIM, DMARC, ARC, the client's name (wanted: below 300)", own)]
    if shutil.which("opendkim"):
        judges.append(
            ("opendkim", "DKIM alone", lambda: opendkim(bench, folder, signed, name, key_text)))
    rspamd = Rspamd.start(folder, name, key_text)
    if rspamd:
        judges.append(("Rspamd", "SPF, DKIM, DMARC, and what it reads beside", lambda: rspamd.cost(signed)))
    costs = [[] for _ in judges]
    try:
        for _ in range(bench.rounds):
            for kept, judge in zip(costs, judges):
                kept.append(judge[2]())
    finally:
        if rspamd:
            rspamd.stop()
    print(f"\nidentity: us of processor time for a message of {len(signed)} octets, RSA-2048, DNS in memory:")
    for kept, (program, words, _) in zip(costs, judges):
        print(f"  {program:9}{statistics.median(kept):6.0f}  {words}")
    for program in ("opendkim", "rspamd"):
        if not shutil.which(program):
            print(f"  {program} is not installed (scripts/setup --bench)")


def opendkim(bench, folder, signed, name, text):
    """Processor time of one verification: a process with many messages less one with a few."""
    with open(os.path.join(folder, "dns.txt"), "w") as f:
        f.write(f"{name} {text}\n")
    settings = os.path.join(folder, "opendkim.conf")
    with open(settings, "w") as f:
        f.write(f"Mode v\nSocket inet:0@localhost\nTestDNSData file:{folder}/dns.txt\n")
    mail = os.path.join(folder, "signed.eml")
    with open(mail, "wb") as f:
        f.write(signed.replace(b"\r\n", b"\n"))

    def cost(count):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["opendkim", "-x", settings, "-t", ",".join([mail] * count)],
                       check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e6

    return (cost(1010) - cost(10)) / 1000


class Rspamd:
    """One worker of an Rspamd that knows SPF, DKIM and DMARC only and has the records in its settings."""

    MESSAGES = 1000

    @classmethod
    def start(cls, folder, name, key):
        return cls(folder, name, key) if shutil.which("rspamd") else None

    def __init__(self, folder, name, key):
        folder = os.path.join(folder, "rspamd")
        os.makedirs(folder)
        os.chmod(folder, 0o777)
        self.port = free_port()
        records = {
            "good.example": "v=spf1 ip4:192.0.2.1 -all", "_dmarc.good.example": "v=DMARC1; p=reject",
            name: key}
        fake = "".join(
            f'{{ name = "{owner}"; type = txt; replies = ["{text}"]; }},' for owner, text in records.items())
        # The whole list of suffixes takes it a minute to compile.
        with open(os.path.join(folder, "suffixes"), "w") as f:
            f.write("com\nexample\ntest\n")
        settings = os.path.join(folder, "rspamd.conf")
        with open(settings, "w") as f:
            f.write(f"""
options {{
  tempdir = "{folder}"; pidfile = "{folder}/pid"; filters = "dkim"; local_addrs = [];
  url_tld = "{folder}/suffixes"; disable_hyperscan = true;
  dns {{ nameserver = ["127.0.0.1:9:1"]; timeout = 1s; retransmits = 1; fake_records = [{fake}]; }}
}}
logging {{ type = "file"; filename = "{folder}/log"; level = "error"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{self.port}"; count = 1; }}
modules {{
  path = "/usr/share/rspamd/plugins/spf.lua";
  path = "/usr/share/rspamd/plugins/dmarc.lua";
}}
dmarc {{}}
spf {{}}
dkim {{}}
""")
        self.process = subprocess.Popen(
            ["rspamd", "-f", "-u", "nobody", "-g", "nogroup", "--insecure", "-c", settings],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(1200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 5).close()
                return
            except OSError:
                time.sleep(0.05)
        self.stop()
        sys.exit("bench: rspamd does not start")

    def ask(self, message):
        """The symbols that it found."""
        head = ("POST /checkv2 HTTP/1.1\r\nFrom: a@good.example\r\nRcpt: b@example.test\r\nIp: 192.0.2.1\r\n"
                f"Helo: mail.good.example\r\nContent-Length: {len(message)}\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.port), 30) as s:
            s.sendall(head.encode() + message)
            answer = b""
            while piece := s.recv(65536):
                answer += piece
                front, _, body = answer.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: *(\d+)", front)
                if length and len(body) >= int(length.group(1)):
                    break
        return answer

    def cost(self, message):
        found = self.ask(message)
        for symbol in (b"R_SPF_ALLOW", b"R_DKIM_ALLOW", b"DMARC_POLICY_ALLOW"):
            if symbol not in found:
                sys.exit(f"bench: rspamd does not say {symbol.decode()}: {found.decode()}")
        workers = children(self.process.pid)
        before = processor(workers)
        for _ in range(self.MESSAGES):
            self.ask(message)
        return (processor(workers) - before) / self.MESSAGES * 1e6

    def stop(self):
        self.process.terminate()
        self.process.wait()
