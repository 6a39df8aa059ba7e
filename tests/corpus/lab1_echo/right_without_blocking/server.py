# Everybody is served at once, without threads: nothing here ever waits in recv() or accept().
import socket
import time
from collections import deque

PAUSE = 0.02


class Connection:
    __slots__ = ("sock", "name", "unsent", "finished")

    def __init__(self, sock, name):
        sock.setblocking(False)
        self.sock, self.name = sock, name
        self.unsent = deque()
        self.finished = False

    def step(self):
        """Do what can be done at once; whether anything was."""
        return self.read() | self.write()

    def read(self):
        if self.finished or len(self.unsent) > 16:
            return False
        try:
            data = self.sock.recv(8192)
        except BlockingIOError:
            return False
        if data:
            self.unsent.append(data)
        else:
            self.finished = True
        return True

    def write(self):
        if not self.unsent:
            return False
        data = self.unsent.popleft()
        try:
            sent = self.sock.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self.unsent.appendleft(data[sent:])
        return sent > 0


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    listener.setblocking(False)
    connections = []
    while True:
        busy = False
        try:
            connections.append(Connection(*listener.accept()))
            busy = True
        except BlockingIOError:
            pass
        for connection in list(connections):
            try:
                busy = connection.step() or busy
                gone = connection.finished and not connection.unsent
            except OSError as error:
                print(connection.name, "is lost:", error)
                gone = True
            if gone:
                connection.sock.close()
                connections.remove(connection)
        if not busy:
            time.sleep(PAUSE)


if __name__ == "__main__":
    start_server()
