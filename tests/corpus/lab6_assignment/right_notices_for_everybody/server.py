"""Chat server. /who tells who is here."""

import logging
import socket
import sys
import threading
from typing import NamedTuple

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(message)s", stream=sys.stderr)
log = logging.getLogger("chat")


class Member(NamedTuple):
    sock: socket.socket
    host: str
    port: int

    def __str__(self):
        return f"{self.host}:{self.port}"

    def tell(self, text):
        try:
            self.sock.sendall(text.encode("utf-8"))
        except OSError as error:
            log.debug("%s: %s", self, error)


class Chat:
    def __init__(self):
        self.lock = threading.Lock()
        self.members = ()

    def add(self, member):
        with self.lock:
            self.members += (member,)
            log.info("%s joined, online: %d", member, len(self.members))

    def remove(self, member):
        with self.lock:
            self.members = tuple(one for one in self.members if one is not member)
            log.info("%s left, online: %d", member, len(self.members))

    def tell_all(self, text, but):
        for member in self.members:
            if member is not but:
                member.tell(text)

    def serve(self, member):
        self.add(member)
        member.tell(f"Welcome! You are {member}, and {len(self.members)} are here.\n")
        self.tell_all(f"* {member} has joined\n", but=member)
        try:
            while data := member.sock.recv(1024):
                text = data.decode("utf-8", "replace")
                if text.strip() == "/who":
                    member.tell("Here: " + ", ".join(map(str, self.members)) + "\n")
                else:
                    self.tell_all(f"[{member}] {text}\n", but=member)
        except OSError as error:
            log.warning("%s: %s", member, error)
        finally:
            self.remove(member)
            member.sock.close()
            self.tell_all(f"* {member} has left\n", but=member)


def start_server(host="localhost", port=12345):
    chat = Chat()
    with socket.create_server((host, port)) as listener:
        log.info("open")
        try:
            while True:
                sock, address = listener.accept()
                member = Member(sock, *address)
                threading.Thread(target=chat.serve, args=(member,), daemon=True).start()
        except KeyboardInterrupt:
            log.info("closed")


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
