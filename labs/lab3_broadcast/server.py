"""Lab 3: a room. What one says reaches everybody else.

Run it:    python server.py [HOST [PORT]]
Check it:  python -m checker grade 3

What the checks rely on: the others receive `[SENDER] TEXT`, where SENDER is the sender's address. The first
thing that a client sends is already a message: ask for no name. Do not wait for a newline, nobody sends one:
`readline()` would hang. Read with `recv(1024)` or more.
"""

import socket
import sys
import threading

BUFFER = 4096  # bytes: the most that one recv() may return

clients = []  # the sockets of everybody in the room
clients_lock = threading.Lock()  # held by whoever reads or changes `clients`


def open_listener(host, port):
    """Return a socket that listens on `host` and `port` (lab 1)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    return listener


def broadcast(message, sender):
    """Send `message` (bytes) to everybody in the room but `sender` (a socket)."""
    # TODO 1 of 3: Go through `clients` while holding `clients_lock`, and leave out the sender.
    # Unlocks: reaches_every_other_client, does_not_echo_to_the_sender, lets_everyone_talk_at_once.
    # Keep the lock while you send, and each message arrives in one piece; but a client that does not read
    # keeps everybody waiting. Or copy the list under the lock, and send when you have given it back: that is
    # as safe for the list, but long messages of two threads to one client may get mixed. Both are right in
    # this lab.
    print("TODO 1 is not written yet")
    return


def serve(connection, address):
    """Pass on what one client says until it leaves. Runs in a thread of the client's own."""
    # TODO 2 of 3: Receive until b"" comes; broadcast each message with f"[{address}] " before it (encode
    # that: what recv() returned is bytes already). At the end take the client off the list (holding the
    # lock) and close it.
    # Unlocks: names_the_sender, carries_unicode, keeps_each_senders_order.
    print("TODO 2 is not written yet")
    return


def start_server(host="localhost", port=12345):
    """Let everybody into the room until interrupted."""
    with open_listener(host, port) as listener:
        print(f"Listening on {host}:{port}")
        # TODO 3 of 3: For ever: accept a client, put it on the list (holding the lock), and start a thread
        # that runs serve() for it. This loop must never wait for a client to speak.
        # Unlocks: serves_a_newcomer_while_others_are_silent, holds_twenty_clients,
        #     tells_a_newcomer_nothing_old, guards_the_client_list_with_a_lock (with the lock in all three parts),
        #     uses_socket_and_threading, and with it every other check of this lab.
        print("TODO 3 is not written yet")
        return


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_server(host, port)

# Seal of an untouched stub: ed078fea44644590
