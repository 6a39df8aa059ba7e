"""Lab 2: two people chat through the server, both at once: each direction has a thread of its own.

Run it:    python server.py [HOST [PORT]]
Check it:  python -m checker grade 2

What the checks rely on: two clients come, and from then on what each says reaches the other. The first thing
that a client sends is already a message: ask for no name. Do not wait for a newline, nobody sends one:
`readline()` would hang. Read with `recv(1024)` or more.
"""

import socket
import sys
import threading
from contextlib import suppress

BUFFER = 4096  # bytes: the most that one recv() may return


def open_listener(host, port):
    """Return a socket that listens on `host` and `port` (lab 1)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    return listener


def relay(source, target):
    """Send on to `target` whatever `source` says; when either has left, end both connections."""
    # TODO 1 of 3: Receive from `source` and send all of it to `target`, until `source` has left (b"") or
    # one of the two connections breaks (OSError). Then shut both down with shutdown(socket.SHUT_RDWR).
    # Unlocks: relays_in_both_directions, carries_unicode, hangs_up_on_the_other_when_one_leaves.
    print("TODO 1 is not written yet")
    return


def chat(first, second):
    """Relay in both directions at once, until one of the two leaves; then close both."""
    # TODO 2 of 3: Start a thread for each direction, wait until both have ended, close both sockets.
    # Give the thread the function and its arguments apart: Thread(target=relay, args=(first, second)).
    # Unlocks: does_not_take_turns.
    print("TODO 2 is not written yet")
    return


def start_server(host="localhost", port=12345):
    """Serve one pair after another until interrupted."""
    # TODO 3 of 3: Open the listener. Then, for ever: accept two clients and let them chat.
    # Unlocks: serves_the_next_pair, and with it every other check of this lab.
    print("TODO 3 is not written yet")
    return


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_server(host, port)

# Seal of an untouched stub: eccb2a1ee6b71225
