import socket
import threading


class Client:
    def __init__(self, host, port):
        self.connection = socket.create_connection((host, port))
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        while True:
            data = self.connection.recv(4096)
            if not data:
                break
            print("\n<<<", str(data, "utf-8"), flush=True)

    def run(self):
        for line in iter(input, "exit"):
            self.connection.sendall(bytes(line, "utf-8"))
        self.connection.shutdown(socket.SHUT_WR)
        self.reader.join()
        self.connection.close()


def start_client(host="localhost", port=12345):
    Client(host, port).run()
