import queue
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

inbox = queue.Queue()


def owner():
    members = []
    while True:
        what, sock, data = inbox.get()
        if what == "come":
            members.append(sock)
        elif what == "go":
            members.remove(sock)
            sock.close()
        else:
            for member in members:
                if member is not sock:
                    member.sendall(data)


def read_from(sock, address):
    inbox.put(("come", sock, None))
    try:
        while data := sock.recv(4096):
            inbox.put(("say", sock, str(address).encode() + b" " + data))
    except OSError:
        pass
    inbox.put(("go", sock, None))


def start_server(host="localhost", port=12345):
    threading.Thread(target=owner, daemon=True).start()
    listener = socket.create_server((host, port))
    with ThreadPoolExecutor(max_workers=64) as pool:
        while True:
            sock, address = listener.accept()
            pool.submit(read_from, sock, address)


if __name__ == "__main__":
    import sys

    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
