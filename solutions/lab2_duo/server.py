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
    try:
        while True:
            message = source.recv(BUFFER)
            if not message:
                break
            target.sendall(message)  # bytes as they came: no decoding, so no letter can be damaged
    except OSError as error:
        print(f"A connection was lost: {error}")
    # Not close(): the other thread waits in recv() on `target`, and only shutdown() wakes it.
    for connection in (source, target):
        with suppress(OSError):  # it may be over already
            connection.shutdown(socket.SHUT_RDWR)
    # end TODO


def chat(first, second):
    """Relay in both directions at once, until one of the two leaves; then close both."""
    # TODO 2 of 3: Start a thread for each direction, wait until both have ended, close both sockets.
    # Give the thread the function and its arguments apart: Thread(target=relay, args=(first, second)).
    # Unlocks: does_not_take_turns.
    directions = [
        threading.Thread(target=relay, args=(first, second), daemon=True),
        threading.Thread(target=relay, args=(second, first), daemon=True),
    ]
    for thread in directions:
        thread.start()
    for thread in directions:
        thread.join()
    first.close()
    second.close()
    # end TODO


def start_server(host="localhost", port=12345):
    """Serve one pair after another until interrupted."""
    # TODO 3 of 3: Open the listener. Then, for ever: accept two clients and let them chat.
    # Unlocks: serves_the_next_pair, and with it every other check of this lab.
    with open_listener(host, port) as listener:
        print(f"Listening on {host}:{port}")
        while True:
            first, address = listener.accept()
            print(f"{address} is here and waits for somebody to talk to")
            second, address = listener.accept()
            print(f"{address} is here: the chat begins")
            chat(first, second)
            print("The chat is over")
    # end TODO


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_server(host, port)
