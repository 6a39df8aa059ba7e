"""The server under test, and clients of it, as a course's autograder usually has them: start, sleep, ask, sleep."""

import os
import socket
import subprocess
import sys
import time

import pytest

HOST = "127.0.0.1"
START = 1.0
"""Seconds that a server is given to start."""
EXCHANGE = 0.3
"""Seconds that it is given for whatever was asked of it."""


class Room:
    """A running server and the clients that have joined it."""

    def __init__(self, port):
        self.port = port
        self.clients = []

    def join(self, count=1):
        """Let `count` clients more into the room; returns their sockets."""
        new = [socket.create_connection((HOST, self.port), timeout=5) for _ in range(count)]
        self.clients += new
        time.sleep(EXCHANGE)
        return new

    def others(self, speaker):
        """Everybody but `speaker`."""
        return [client for client in self.clients if client is not speaker]


def say(client, *texts):
    """Send messages, and give the server its time."""
    for text in texts:
        client.sendall(text.encode())
    time.sleep(EXCHANGE)


def heard(client):
    """What has come by now."""
    client.setblocking(False)
    parts = []
    while True:
        try:
            part = client.recv(65536)
        except BlockingIOError:
            break
        if not part:
            break
        parts.append(part)
    client.settimeout(5)
    return b"".join(parts).decode()


@pytest.fixture
def room():
    """A server of its own for each check, at a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, os.environ["SERVER"], HOST, str(port)], stdout=subprocess.DEVNULL)
    time.sleep(START)
    made = Room(port)
    yield made
    for client in made.clients:
        client.close()
    process.kill()
    process.wait()
