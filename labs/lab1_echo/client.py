"""Lab 1: a client that sends what is typed and prints what comes back.

Run it:    python client.py [HOST [PORT]]
Check it:  python -m checker grade 1

What the checks rely on: lines are read with `input()`, the first typed line is already a message (ask for no
name), `exit` leaves. Do not wait for a newline in the reply, nobody sends one: `readline()` would hang.
"""

import socket
import sys

BUFFER = 4096  # bytes: the most that one recv() may return


def receive_exactly(connection, size):
    """Return the next `size` bytes; fewer only if the server leaves first."""
    # TODO 1 of 2: TCP may hand over the echo in several pieces: receive until there are `size` bytes.
    # Unlocks: client_sends_and_prints_the_echo.
    print("TODO 1 is not written yet")
    return


def start_client(host="localhost", port=12345):
    """Send what is typed and print each echo, until `exit` is typed."""
    # TODO 2 of 2: Connect. Then read a line, encode and send it, receive as many bytes as were sent,
    # decode and print them; `exit` ends the loop, and closing the socket says goodbye to the server.
    # Unlocks: client_sends_and_prints_the_echo, client_leaves_on_exit.
    print("TODO 2 is not written yet")
    return


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_client(host, port)

# Seal of an untouched stub: d17e1f189de1174c
