"""Lab 6: the assignment, the server: a chat for as many as come.

Run it:    python server.py [HOST [PORT]]
Check it:  python -m checker grade 6

What the checks rely on: the others receive `[SENDER] TEXT`, where SENDER is the sender's address; who came
and who went is printed with the address and the number of clients. The first thing that a client sends is
already a message: ask for no name. Do not wait for a newline, nobody sends one: `readline()` would hang. Read
with `recv(1024)` or more. The lines to print are in texts.py, or say it in your own words.
"""

import os
import socket
import sys
import threading
from contextlib import suppress

from texts import line

BUFFER = 4096  # bytes: the most that one recv() may return

clients = []  # the sockets of everybody in the chat
clients_lock = threading.Lock()  # held by whoever reads or changes `clients`


def broadcast(message, sender):
    """Send `message` (bytes) to every client but `sender` (a socket)."""
    # TODO 1 of 3: Pass a message on.
    #   1. Holding the lock, go through the list of clients.
    #   2. Send the message to each but the sender.
    #   3. A client that cannot be reached (OSError) must not keep the others from getting it.
    # Unlocks: two_people_can_chat, three_or_more_can_chat.
    with clients_lock:
        for client in clients:
            if client is sender:
                continue
            try:
                client.sendall(message)
            except OSError:
                continue  # its own thread will see the end in recv() and take it off the list
    # end TODO


def handle_client(client_socket, address):
    """Pass on what one client says until it leaves. Runs in a thread of the client's own."""
    # TODO 2 of 3: Look after one client.
    #   1. Print who has come: its address.
    #   2. Receive what it says, print it, and broadcast it with the sender's address before it.
    #   3. b"" means that it has left; an OSError, that the connection was lost: say so.
    #   4. In both cases take it off the list, holding the lock; print its address and how many are left;
    #      close its socket.
    # Unlocks: exit_leaves, the_rest_stay, survives_a_lost_connection, tells_who_came_and_went.
    print(line("arrived", address=address))
    prefix = f"[{address}] ".encode()
    try:
        while True:
            message = client_socket.recv(BUFFER)
            if not message:
                break
            # Decoded for the screen alone. The bytes travel on as they came, even if they are no text.
            print(line("message", address=address, text=message.decode("utf-8", errors="replace")))
            broadcast(prefix + message, client_socket)
    except OSError:
        print(line("lost", address=address))
    finally:
        with clients_lock:  # printed under the lock, too: so the counts go down in order
            clients.remove(client_socket)
            print(line("left", address=address, count=len(clients)))
        client_socket.close()
    # end TODO


def start_server(host="localhost", port=12345):
    """Let everybody into the chat until Ctrl-C; then hang up on them."""
    # TODO 3 of 3: Open the chat.
    #   1. Make a TCP socket, let it reuse the address, bind it to host and port, listen.
    #   2. For ever: accept a client, add it to the list (holding the lock), print how many there are now,
    #      and start a thread that runs handle_client() for it.
    #   3. On Ctrl-C (KeyboardInterrupt) shut down everybody's socket, so that the threads end, too.
    # Unlocks: uses_socket, uses_threading_and_a_lock, plays_the_assignments_scene, and with them all others.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
        if os.name == "nt":
            listener.settimeout(0.5)  # Windows notices Ctrl-C only between two waits
        try:
            print(line("listening", host=host, port=port))
            while True:
                try:
                    client_socket, address = listener.accept()
                except (TimeoutError, ConnectionError):
                    continue  # nobody came in time, or who came has already gone
                with clients_lock:
                    clients.append(client_socket)
                    print(line("clients", count=len(clients)))
                # Not a daemon: Python waits for this thread before it ends.
                threading.Thread(target=handle_client, args=(client_socket, address)).start()
        except KeyboardInterrupt:
            print("\n" + line("stopping"))
            with clients_lock:
                for client in clients:
                    with suppress(OSError):  # who has gone in this moment needs no goodbye
                        client.shutdown(socket.SHUT_RDWR)
    # end TODO


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_server(host, port)
