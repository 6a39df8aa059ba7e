import queue
import socket
import sys
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
        elif what == "end":
            for member in members:
                try:
                    member.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        else:
            for member in members:
                if member is not sock:
                    try:
                        member.sendall(data)
                    except OSError:
                        pass


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
    with socket.create_server((host, port)) as listener, ThreadPoolExecutor(max_workers=64) as pool:
        try:
            while True:
                pool.submit(read_from, *listener.accept())
        except KeyboardInterrupt:
            inbox.put(("end", None, None))


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
