import queue
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

events = queue.Queue()


def own():
    """The only thread that knows who is here."""
    here = {}
    while True:
        what, sock, fact = events.get()
        if what == "came":
            here[sock] = fact
            print("CAME", fact, "clients:", len(here))
        elif what == "went":
            address = here.pop(sock)
            sock.close()
            print("WENT", address, "clients:", len(here) or "none")
        else:
            time.sleep(0.1)
            for other in here:
                if other is sock:
                    continue
                try:
                    other.sendall(fact + " (from {1} at {0})".format(*here[sock]).encode())
                except OSError:
                    pass


def read(sock):
    while True:
        try:
            data = sock.recv(1024)
        except OSError:
            data = b""
        if not data:
            events.put(("went", sock, None))
            return
        events.put(("said", sock, data))


def start_server(host="localhost", port=12345):
    pool = ThreadPoolExecutor(max_workers=100)
    threading.Thread(target=own, daemon=True).start()
    with socket.create_server((host, port)) as listener:
        while True:
            sock, address = listener.accept()
            events.put(("came", sock, address))
            pool.submit(read, sock)


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
