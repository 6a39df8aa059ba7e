"""Lab 5: the room of lab 3, and what happens in it when somebody leaves.

Run it:    python server.py [HOST [PORT]]
Check it:  python -m checker grade 5

What the checks rely on: the others receive `[SENDER] TEXT`, where SENDER is the sender's address. The first
thing that a client sends is already a message: ask for no name. Do not wait for a newline, nobody sends one:
`readline()` would hang. Read with `recv(1024)` or more.
"""

import os
import socket
import sys
import threading
from contextlib import suppress

BUFFER = 4096  # bytes: the most that one recv() may return

# On Windows Ctrl-C is not noticed while accept() waits, so there it waits half a second at a time.
# Elsewhere a signal interrupts accept(), and a program that has nothing to do can sleep undisturbed.
ACCEPT_TIMEOUT = 0.5 if os.name == "nt" else None

clients = []  # the sockets of everybody in the room
clients_lock = threading.Lock()  # held by whoever reads or changes `clients`


def open_listener(host, port):
    """Return a socket that listens on `host` and `port` (lab 1)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    return listener


def leave(connection, address):
    """Take a client that has left out of the room and close its socket."""
    # TODO 1 of 4: Take `connection` off the list, holding the lock, and close it: the client may have
    # closed only its sending side (a half-close) and be waiting for our end of the stream.
    # Unlocks: survives_a_goodbye, welcomes_newcomers_after_a_leave, rests_after_a_goodbye,
    #     answers_a_half_close, forgets_who_left, survives_coming_and_going.
    # Until it is written:
    print("TODO 1 is not written yet", flush=True)
    os._exit(1)


def receive(connection):
    """Return the next bytes from a client, b"" if it has left, politely or not."""
    # TODO 2 of 4: A client that is cut off (RST) makes recv() raise an OSError such as
    # ConnectionResetError. For the room that is a leave like any other: return b"".
    # Unlocks: survives_a_reset, survives_coming_and_going.
    # Until it is written:
    return connection.recv(BUFFER)


def broadcast(message, sender):
    """Send `message` (bytes) to everybody in the room but `sender` (a socket)."""
    with clients_lock:
        for client in clients:
            if client is sender:
                continue
            # TODO 3 of 4: A receiver may be gone before its own thread has noticed; then sendall() raises
            # an OSError. The others must get the message all the same. Do not change the list in here.
            # Unlocks: survives_a_reset_in_the_middle_of_a_broadcast, survives_a_reset.
            # Until it is written:
            client.sendall(message)


def serve(connection, address):
    """Pass on what one client says until it leaves. Runs in a thread of the client's own."""
    prefix = f"[{address}] ".encode()
    while True:
        message = receive(connection)
        if not message:
            break
        broadcast(prefix + message, connection)
    leave(connection, address)


def accept_clients(listener):
    """Let everybody into the room, for ever."""
    print(f"Listening on {listener.getsockname()}. Ctrl-C stops it.")
    listener.settimeout(ACCEPT_TIMEOUT)
    while True:
        try:
            connection, address = listener.accept()
        except (TimeoutError, ConnectionError):
            continue  # nobody came in time, or who came has already gone
        with clients_lock:
            clients.append(connection)
            print(f"{address} is here, {len(clients)} in the room")
        # Not a daemon: Python waits for this thread before it ends, so that none is cut off in mid-sentence.
        threading.Thread(target=serve, args=(connection, address)).start()


def start_server(host="localhost", port=12345):
    """Keep the room open until Ctrl-C; then hang up on everybody."""
    with open_listener(host, port) as listener:
        # TODO 4 of 4: Ctrl-C raises KeyboardInterrupt in accept_clients(). Then shut down the socket of
        # everybody in the room, holding the lock: each thread waits in recv() and wakes up, calls leave()
        # and ends. The program ends when the last of them has.
        # Unlocks: stops_on_ctrl_c.
        # Until it is written:
        accept_clients(listener)


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_server(host, port)

# Seal of an untouched stub: 9a92a715f2c77bbd
