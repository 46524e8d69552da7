"""Free ports, and waiting for who listens."""

import socket
import sys
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_port(port):
    for _ in range(2400):
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as s:
                if s.recv(200):
                    return
        except OSError:
            time.sleep(0.025)
    sys.exit(f"bench: nothing listens on port {port}")
