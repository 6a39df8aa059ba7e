"""A client that shows what one has typed among what the others say."""

import os
import socket
import sys
import threading


class Talker:
    def __init__(self, host, port):
        self.sock = socket.create_connection((host, port))
        self.me = self.sock.getsockname()[1]

    def listen(self):
        try:
            while data := self.sock.recv(1024):
                sys.stdout.write(data.decode("utf-8", "replace"))
                sys.stdout.flush()
        except OSError:
            pass
        print("(the room is closed)")

    def run(self):
        threading.Thread(target=self.listen, daemon=True).start()
        for line in sys.stdin:
            line = line.rstrip("\n")
            if line.casefold() == "exit":
                break
            self.sock.sendall(line.encode())
            print(f"me ({self.me}): {line}")
        self.sock.close()
        os._exit(0)


def start_client(host="localhost", port=12345):
    Talker(host, port).run()


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
