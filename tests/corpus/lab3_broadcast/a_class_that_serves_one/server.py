import socket
from threading import Lock


class Room:
    def __init__(self, where):
        self.door = socket.create_server(where)
        self.inside = {}
        self.mutex = Lock()

    def pass_on(self, origin, text):
        with self.mutex:
            for port, visitor in self.inside.items():
                if port != origin:
                    visitor.sendall(f"<{origin}> {text}".encode())

    def entertain(self, visitor, port):
        with self.mutex:
            self.inside[port] = visitor
        while text := visitor.recv(2048).decode():
            self.pass_on(port, text)
        with self.mutex:
            del self.inside[port]
        visitor.close()

    def run(self):
        while 1:
            visitor, (_, port) = self.door.accept()
            self.entertain(visitor, port)


def start_server(host="localhost", port=12345):
    import threading

    threading.Thread(target=print, args=("open",)).start()
    Room((host, port)).run()
