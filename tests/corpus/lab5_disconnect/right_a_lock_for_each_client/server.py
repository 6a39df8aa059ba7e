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
        try:
            with self.sending:
                self.connection.sendall(data)
        except OSError:
            self.disconnect()

    def disconnect(self):
        """Wake up whoever waits for this client. Only the client's own thread closes the socket."""
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def __str__(self):
        return f"{self.host}:{self.port}"


clients_lock = Lock()
clients = []


def online():
    with clients_lock:
        return clients.copy()


def serve(client):
    try:
        while True:
            data = client.connection.recv(4096)
            if not data:
                break
            text = data.decode("utf-8", errors="replace")
            for other in online():
                if other is not client:
                    other.send(f"[{client}] {text}".encode())
    except OSError as error:
        print(f"{client}: {error}")
    finally:
        with clients_lock:
            clients.remove(client)
            print(f"{client} disconnected, {len(clients)} online")
        client.disconnect()
        client.connection.close()


def start_server(host="localhost", port=12345):
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((host, port))
    server.listen(100)
    threads = []
    try:
        while True:
            client = Client(*server.accept())
            with clients_lock:
                clients.append(client)
            thread = Thread(target=serve, args=[client])
            thread.start()
            threads = [one for one in threads if one.is_alive()] + [thread]
    except KeyboardInterrupt:
        print("Shutting down")
    server.close()
    for client in online():
        client.disconnect()
    for thread in threads:
        thread.join(timeout=1)


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
