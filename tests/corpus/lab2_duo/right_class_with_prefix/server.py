import socket
import threading


class Duo:
    def __init__(self, people):
        self.people = dict(people)

    def start(self):
        for address in self.people:
            threading.Thread(target=self.listen_to, args=(address,)).start()

    def other(self, address):
        return next(one for key, one in self.people.items() if key != address)

    def listen_to(self, address):
        connection = self.people[address]
        connection.sendall("Welcome! You are talking to somebody.\n".encode())
        try:
            while data := connection.recv(1024):
                self.other(address).sendall(f"[{address}] {data.decode()}\n".encode())
        except OSError:
            pass
        for one in self.people.values():
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def start_server(host="localhost", port=12345):
    server = socket.create_server((host, port))
    waiting = []
    while True:
        connection, address = server.accept()
        print("came:", address)
        waiting.append((address, connection))
        if len(waiting) == 2:
            Duo(waiting).start()
            waiting = []
