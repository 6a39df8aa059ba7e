"""Chat for two people."""

import socket
import sys
import threading


class Direction(threading.Thread):
    """Carries everything from one person to the other."""

    def __init__(self, source, target, finished):
        threading.Thread.__init__(self, daemon=True)
        self.source = source
        self.target = target
        self.finished = finished

    def run(self):
        try:
            self.handle()
        except OSError as error:
            print(self.name, error)
        finally:
            self.finished.set()

    def handle(self):
        while not self.finished.is_set():
            message = self.source.recv(2048)
            if len(message) == 0:
                return
            self.target.sendall(message)


class DuoServer:
    def __init__(self, host, port):
        self.listener = socket.create_server((host, port))

    def next_person(self, greeting):
        person, address = self.listener.accept()
        person.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        person.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print("*", address, "has come")
        person.sendall(greeting.encode("utf-8"))
        return person

    def serve_forever(self):
        while True:
            first = self.next_person("Ждём собеседника...\n")
            second = self.next_person("Собеседник уже здесь\n")
            self.chat(first, second)

    def chat(self, first, second):
        finished = threading.Event()
        directions = [Direction(first, second, finished), Direction(second, first, finished)]
        for direction in directions:
            direction.start()
        finished.wait()
        for person in (first, second):
            try:
                person.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for direction in directions:
            direction.join()
        first.close()
        second.close()
        print("* the two have parted")


def start_server(host="localhost", port=12345):
    server = DuoServer(host, port)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.listener.close()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
