import os
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

TITLE = """
+-------------+
| CHAT SERVER |
+-------------+
"""

room = {}
lock = threading.Lock()


def everybody_but(address):
    with lock:
        others = dict(room)
    others.pop(address, None)
    return others


def visit(sock, address):
    with lock:
        room[address] = sock
    try:
        while True:
            data = sock.recv(1024)
            if not data:
                return
            for other, its_socket in everybody_but(address).items():
                try:
                    its_socket.sendall(f"[{address[0]}:{address[1]}] ".encode() + data)
                except OSError as error:
                    print(other, error)
    except OSError as error:
        print(address, error)
    finally:
        with lock:
            room.pop(address, None)
        sock.close()


def start_server(host="localhost", port=12345):
    os.system("cls" if os.name == "nt" else "clear")
    print(TITLE)
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((host, port))
    server.listen(64)
    pool = ThreadPoolExecutor(max_workers=100)
    try:
        while True:
            pool.submit(visit, *server.accept())
    except KeyboardInterrupt:
        print("Closing")
    finally:
        server.close()
        for sock in everybody_but(None).values():
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        pool.shutdown(wait=True, cancel_futures=True)


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
