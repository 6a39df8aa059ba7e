import collections
import socket
import sys
import threading

here = threading.local()


class Outbox(threading.Thread):
    """Sends what is put into it, in that order, from a thread of its own."""

    def __init__(self, sock):
        super().__init__(daemon=True)
        self.sock = sock
        self.waiting = collections.deque()
        self.closed = False
        self.changed = threading.Condition()

    def put(self, data):
        with self.changed:
            self.waiting.append(data)
            self.changed.notify()

    def close(self):
        with self.changed:
            self.closed = True
            self.changed.notify()

    def run(self):
        while True:
            with self.changed:
                while not self.waiting and not self.closed:
                    self.changed.wait()
                if not self.waiting:
                    return
                batch = b"".join(self.waiting)
                self.waiting.clear()
            try:
                self.sock.sendall(batch)
            except OSError:
                self.close()


class Chat:
    def __init__(self):
        self.lock = threading.Lock()
        self.outboxes = {}

    def enter(self, sock):
        outbox = Outbox(sock)
        outbox.start()
        with self.lock:
            self.outboxes[sock] = outbox

    def leave(self, sock):
        with self.lock:
            outbox = self.outboxes.pop(sock)
        outbox.close()
        outbox.join()
        sock.close()

    def say(self, sock, text):
        line = f"({here.address[1]}) {text}".encode()
        with self.lock:
            for other, outbox in self.outboxes.items():
                if other != sock:
                    outbox.put(line)

    def serve(self, sock, address):
        here.address = address
        self.enter(sock)
        try:
            while data := sock.recv(1024):
                self.say(sock, data.decode(errors="replace"))
        except OSError as error:
            print(here.address, error)
        self.leave(sock)


def start_server(host="localhost", port=12345):
    chat = Chat()
    with socket.create_server((host, port)) as listener:
        while True:
            threading.Thread(target=chat.serve, args=listener.accept(), daemon=True).start()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
