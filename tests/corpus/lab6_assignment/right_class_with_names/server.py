"""A room as an object, its people in a dictionary, its talk in a log."""

import logging
import socket
import sys
import threading

logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(threadName)s %(levelname)s %(message)s")


class Room:
    def __init__(self, host, port):
        self.listener = socket.create_server((host, port), backlog=50)
        self.people = {}
        self.guard = threading.RLock()

    def run(self):
        while True:
            sock, address = self.listener.accept()
            sock.sendall("Welcome! Добро пожаловать!\n".encode())
            with self.guard:
                self.people[sock] = address
                how_many = len(self.people)
            logging.info("port %d has come", address[1])
            logging.info("people in the room: %d", how_many)
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        with self.guard:
            address = self.people[sock]
        try:
            while data := sock.recv(2048):
                logging.debug("%d bytes from %s: %r", len(data), address, data.decode("utf-8", "replace"))
                self.pass_on(sock, address, data)
        except ConnectionError as error:
            logging.warning("trouble with %s: %s", address, error)
        self.forget(sock)

    def pass_on(self, speaker, address, data):
        with self.guard:
            others = [one for one in self.people if one is not speaker]
            for other in others:
                try:
                    other.sendall(b"%s port %d: " % (address[0].encode(), address[1]))
                    other.sendall(data + b"\n")
                except OSError:
                    logging.warning("could not reach %s", self.people[other])

    def forget(self, sock):
        with self.guard:
            address = self.people.pop(sock)
            left = len(self.people)
        sock.close()
        logging.info("port %d has gone, %s", address[1], f"people in the room: {left}" if left else "nobody is left")


def start_server(host="localhost", port=12345):
    try:
        Room(host, port).run()
    except KeyboardInterrupt:
        logging.info("closing time")


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
