import socket
import threading
import time


class EchoServer:
    def __init__(self, host, port):
        self.socket = socket.create_server((host, port), backlog=5)
        self.clients = {}

    def accept_forever(self):
        while True:
            connection, address = self.socket.accept()
            self.clients[address] = connection
            threading.Thread(target=self.serve, args=(connection, address), daemon=True).start()

    def serve(self, connection, address):
        try:
            for data in iter(lambda: connection.recv(65536), b""):
                self.send(connection, data)
        except (ConnectionError, OSError):
            pass
        finally:
            self.clients.pop(address)
            connection.close()

    @staticmethod
    def send(connection, data):
        while data:
            sent = connection.send(data)
            data = data[sent:]


def start_server(host="localhost", port=12345):
    server = EchoServer(host, port)
    threading.Thread(target=server.accept_forever, daemon=True).start()
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        pass
