import itertools
import socket
import sys
import threading


class Log:
    """Everything that was said, for as long as somebody has still to send it on."""

    def __init__(self):
        self.entries = []
        self.first = 0  # the number of entries[0]
        self.positions = {}
        self.changed = threading.Condition()

    def join(self, name):
        with self.changed:
            self.positions[name] = self.first + len(self.entries)

    def leave(self, name):
        with self.changed:
            del self.positions[name]
            self.changed.notify_all()

    def append(self, name, data):
        with self.changed:
            self.entries.append((name, data))
            self.changed.notify_all()

    def following(self, name):
        """The entries that `name` has not had; None when it has left."""
        with self.changed:
            self.changed.wait_for(
                lambda: name not in self.positions or self.positions[name] < self.first + len(self.entries)
            )
            if name not in self.positions:
                return None
            entries = self.entries[self.positions[name] - self.first:]
            self.positions[name] += len(entries)
            done = min(self.positions.values()) - self.first
            del self.entries[:done]
            self.first += done
            return entries


log = Log()


def write(sock, name):
    while (entries := log.following(name)) is not None:
        text = b"".join(b"[" + who.encode() + b"] " + data + b"\n" for who, data in entries if who != name)
        try:
            sock.sendall(text)
        except OSError:
            return


def read(sock, name):
    log.join(name)
    writer = threading.Thread(target=write, args=(sock, name), daemon=True)
    writer.start()
    try:
        while data := sock.recv(1024):
            log.append(name, data)
    except OSError as error:
        print(name, error)
    log.leave(name)
    writer.join()
    sock.close()


def start_server(host="localhost", port=12345):
    with socket.create_server((host, port)) as listener:
        for number in itertools.count(1):
            sock, address = listener.accept()
            print(f"visitor {number}: {address}")
            threading.Thread(target=read, args=(sock, ":".join(map(str, address))), daemon=True).start()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
