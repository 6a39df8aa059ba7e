import socketserver
import sys
import threading

people = {}
lock = threading.Lock()


class Person(socketserver.BaseRequestHandler):
    def setup(self):
        with lock:
            people[self.client_address] = self.request
            print("came:", self.client_address, "now here:", len(people))

    def handle(self):
        while True:
            try:
                text = self.request.recv(4096)
            except ConnectionError:
                return
            if not text:
                return
            with lock:
                for address, other in people.items():
                    if address != self.client_address:
                        other.sendall(f"[{self.client_address}] ".encode() + text)

    def finish(self):
        with lock:
            del people[self.client_address]
            print("went:", self.client_address, "still here:", len(people))


class Room(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def start_server(host="localhost", port=12345):
    Room((host, port), Person).serve_forever()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
