"""Chat client: the main thread listens, a daemon reads the keyboard."""

import os
import signal
import socket
import sys
import threading

GREEN, RED, PLAIN = "\033[32m", "\033[31m", "\033[0m"


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.leaving = False

    def keyboard(self):
        # os.read() holds none of Python's locks: a daemon may wait in it when the program ends.
        line = b""
        while (typed := os.read(0, 1)) != b"":
            if typed != b"\n":
                line += typed
                continue
            if line.strip().lower() == b"exit":
                break
            if line:
                self.send(line)
            line = b""
        self.leave()

    def send(self, line):
        try:
            self.sock.sendall(line)
        except OSError:
            print(f"{RED}(not sent){PLAIN}")

    def leave(self, *_):
        self.leaving = True
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def listen(self):
        try:
            while data := self.sock.recv(4096):
                text = data.decode("utf-8", "replace").rstrip("\n")
                print(f"\r\033[K{GREEN}{text}{PLAIN}\n> ", end="", flush=True)
        except OSError as error:
            print(f"\r{RED}{error}{PLAIN}")
        if not self.leaving:
            print(f"\r{RED}The server has left.{PLAIN}")


def start_client(host="localhost", port=12345):
    try:
        sock = socket.create_connection((host, port))
    except OSError as error:
        print(f"{RED}{error}{PLAIN}")
        return
    with sock:
        client = Client(sock)
        signal.signal(signal.SIGINT, client.leave)
        threading.Thread(target=client.keyboard, daemon=True).start()
        client.listen()


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
