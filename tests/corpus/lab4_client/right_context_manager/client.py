import socket
import sys
from contextlib import suppress
from threading import Event, Thread


class Connection:
    """with Connection(host, port, show) as connection: connection.send("Hi!")"""

    def __init__(self, host, port, show):
        self.address = host, port
        self.show = show
        self.closed = Event()

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self.socket.connect(self.address)
        except OSError:
            self.socket.close()
            raise
        self.thread = Thread(target=self._listen)
        self.thread.start()
        return self

    def __exit__(self, kind, error, trace):
        self.closed.set()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()
        return kind is not None and issubclass(kind, (EOFError, KeyboardInterrupt, ConnectionError))

    def send(self, text):
        self.socket.sendall(text.encode("utf-8"))

    def _listen(self):
        with suppress(OSError):
            for data in iter(lambda: self.socket.recv(1024), b""):
                self.show(data.decode("utf-8"))
        if not self.closed.is_set():
            self.closed.set()
            self.show("--- the server is gone; Enter to leave ---")


def start_client(host="localhost", port=12345):
    try:
        with Connection(host, port, show=print) as connection:
            while not connection.closed.is_set():
                text = input("> ")
                if text.lower() == "exit":
                    break
                connection.send(text)
    except OSError as error:
        print("No connection:", error)
    print("Bye")


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
