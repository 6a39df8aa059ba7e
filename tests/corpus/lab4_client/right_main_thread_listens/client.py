"""A chat client whose main thread listens to the server."""

import os
import socket
import sys
import threading


def lines_from_keyboard():
    """Lines as they are typed. os.read() and not input(): this runs in a daemon thread."""
    gathered = b""
    while True:
        typed = os.read(0, 1024)
        if not typed:
            if gathered:
                yield gathered
            return
        gathered += typed
        while b"\n" in gathered:
            line, gathered = gathered.split(b"\n", 1)
            yield line


def keyboard(sock, leaving):
    for line in lines_from_keyboard():
        if line.strip().lower() == b"exit":
            break
        try:
            sock.sendall(line)
        except OSError:
            print("Your message was not sent.")
            break
    leaving.set()
    try:
        sock.shutdown(socket.SHUT_RDWR)  # wakes the main thread up
    except OSError:
        pass


def start_client(host="localhost", port=12345):
    leaving = threading.Event()
    try:
        sock = socket.create_connection((host, port))
    except OSError as error:
        print(f"There is no chat at {host}:{port} ({error}).")
        return
    with sock:
        threading.Thread(target=keyboard, args=(sock, leaving), daemon=True).start()
        try:
            while True:
                data = sock.recv(4096)
                if not data:
                    break
                print(data.decode("utf-8", "replace"))
        except ConnectionError:
            print("The connection was lost.")
        except KeyboardInterrupt:
            leaving.set()
        if not leaving.is_set():
            print("The chat is closed.")
    print("Goodbye!")


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
