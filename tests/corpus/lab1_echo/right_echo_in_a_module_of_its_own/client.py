import socket
import sys
import threading

import wire


class Listener(threading.Thread):
    """Shows what comes, until nothing comes any more."""

    def __init__(self, sock, show):
        super().__init__(name="listener")
        self.sock = sock
        self.show = show

    def run(self):
        for piece in wire.chunks(self.sock):
            self.show(piece)


def start_client(host="localhost", port=12345):
    def show(piece):
        sys.stdout.write("echo: " + piece.decode("utf-8", errors="replace") + "\n")
        sys.stdout.flush()

    sock = socket.create_connection((host, port))
    listener = Listener(sock, show)
    listener.start()
    for line in sys.stdin:
        line = line.rstrip("\r\n")
        if line.lower() in ("exit", "quit"):
            break
        sock.sendall(line.encode("utf-8"))
    sock.shutdown(socket.SHUT_RDWR)
    listener.join()
    sock.close()


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
