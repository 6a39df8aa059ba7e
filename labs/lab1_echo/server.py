"""Lab 1: a server that sends back whatever it gets, to one client at a time.

Run it:    python server.py [HOST [PORT]]
Check it:  python -m checker grade 1

What the checks rely on: the reply is exactly the bytes that came, no greeting, nothing added. Do not wait
for a newline, nobody sends one: `readline()` would hang. Read with `recv(1024)` or more.
"""

import socket
import sys

BUFFER = 4096  # bytes: the most that one recv() may return


def open_listener(host, port):
    """Return a socket that listens on `host` and `port`."""
    # TODO 1 of 3: Make a TCP socket, allow it to reuse the address, bind it to what was told, listen.
    # The address goes into bind() as one tuple: (host, port).
    # Unlocks: listens_where_told, restarts_at_once_on_the_same_port.
    print("TODO 1 is not written yet")
    return


def echo(connection):
    """Send back whatever comes over `connection`, until the client leaves."""
    # TODO 2 of 3: Receive, send all of it back, and again. recv() returns b"" when the client has left.
    # A client that leaves rudely makes recv() or sendall() raise an OSError (ConnectionResetError is one):
    # that is the end of this client, not of the server.
    # Unlocks: echoes_what_it_gets, echoes_until_the_client_leaves, returns_every_byte_of_a_long_message.
    print("TODO 2 is not written yet")
    return


def start_server(host="localhost", port=12345):
    """Serve one client after another until interrupted."""
    # TODO 3 of 3: Open the listener. Then, for ever: accept a client, echo for it, close its connection.
    # Unlocks: serves_the_next_client, and with it every other check of this program.
    print("TODO 3 is not written yet")
    return


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_server(host, port)

# Seal of an untouched stub: 6be0bd8314483829
