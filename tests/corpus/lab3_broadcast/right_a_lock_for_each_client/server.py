import socket
import sys
from threading import Lock, Thread


class Client:
    __slots__ = ("connection", "host", "port", "sending")

    def __init__(self, connection, address):
        self.connection = connection
        self.host, self.port = address
        self.sending = Lock()

    def send(self, data):
        # Two threads that send to the same client must not mix their bytes up.
        with self.sending:
            try:
                self.connection.sendall(data)
            except OSError:
                return False
        return True

    def __str__(self):
        return f"{self.host}:{self.port}"


class Clients:
    __slots__ = ("_all", "_lock")

    def __init__(self):
        self._all = []
        self._lock = Lock()

    def add(self, client):
        with self._lock:
            self._all.append(client)
            return len(self._all)

    def remove(self, client):
        with self._lock:
            self._all.remove(client)
            return len(self._all)

    def except_for(self, client):
        with self._lock:
            return [one for one in self._all if one is not client]


CLIENTS = Clients()


def serve(client):
    print(f"{client} connected, {CLIENTS.add(client)} online")
    while True:
        try:
            data = client.connection.recv(4096)
        except OSError:
            break
        if not data:
            break
        line = f"[{client}] ".encode() + data
        for other in CLIENTS.except_for(client):
            if not other.send(line):
                print(f"{other} does not hear {client}")
    print(f"{client} disconnected, {CLIENTS.remove(client)} online")
    client.connection.close()


def start_server(host="localhost", port=12345):
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((host, port))
    server.listen(100)
    with server:
        while True:
            Thread(target=serve, args=[Client(*server.accept())]).start()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
