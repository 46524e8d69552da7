"""MTA-STS policy hosts, good and hostile, and who takes TLS reports: python3 policyhost.py FOLDER

FOLDER/HOST.pem is a host's certificate with its key, FOLDER/HOST.txt its policy. The first label behind
`mta-sts.` may name a trick instead: redirect, slow, huge, endless (no length, and no close_notify at the
end), cut (less than its length). What is POSTed is kept in FOLDER/posted. Prints
the port that it listens on.
"""

import http.server
import os
import ssl
import sys
import time

folder = sys.argv[1]


class Host(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        host = self.headers.get("Host", "").split(":")[0]
        trick = host.removeprefix("mta-sts.").split(".")[0]
        path = f"{folder}/{host}.txt"
        if self.path != "/.well-known/mta-sts.txt":
            return self.send_error(404)
        if trick == "redirect":
            self.send_response(302)
            self.send_header("Location", f"https://mta-sts.good.plain.example:{server.server_port}/.well-known/mta-sts.txt")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        body = open(path, "rb").read()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        if trick == "huge":
            self.send_header("Content-Length", str(1 << 30))
            self.end_headers()
            sent = 0
            try:
                for _ in range(1 << 14):
                    sent += self.wfile.write(b"mx: a.example\n" * 4681)
            finally:
                with open(f"{folder}/sent.new", "w") as file:
                    file.write(str(sent))
                os.replace(f"{folder}/sent.new", f"{folder}/sent")
            return None
        if trick != "endless":
            self.send_header("Content-Length", str(len(body) + (trick == "cut")))
        self.end_headers()
        for byte in body if trick == "slow" else []:
            self.wfile.write(bytes([byte]))
            time.sleep(1)
        if trick != "slow":
            self.wfile.write(body)
        return None

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with open(f"{folder}/posted", "wb") as file:
            file.write(self.headers.get("Content-Type", "").encode() + b"\n" + body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


contexts = {}
for name in os.listdir(folder):
    if name.endswith(".pem") and not name.startswith("authority"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/{name}")
        contexts[name.removesuffix(".pem")] = context


def choose(connection, name, _):
    if name in contexts:
        connection.context = contexts[name]


first = next(iter(contexts.values()))
first.sni_callback = choose
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
server.socket = first.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_port, flush=True)
server.serve_forever()
