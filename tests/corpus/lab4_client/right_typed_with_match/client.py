"""Chat client."""

from __future__ import annotations

import argparse
import enum
import queue
import socket
import threading
from dataclasses import dataclass, field


class State(enum.Enum):
    TALKING = enum.auto()
    LEAVING = enum.auto()
    DROPPED = enum.auto()


@dataclass
class Screen:
    """The one who prints. Others put lines into its queue; None is the last one."""

    lines: queue.Queue[str | None] = field(default_factory=queue.Queue)

    def run(self) -> None:
        while (line := self.lines.get()) is not None:
            print(line, flush=True)

    def show(self, line: str) -> None:
        self.lines.put(line)


@dataclass
class Client:
    sock: socket.socket
    screen: Screen
    state: State = State.TALKING

    def receive(self) -> None:
        why = "The server said goodbye"
        try:
            while data := self.sock.recv(4096):
                self.screen.show(data.decode("utf-8", errors="replace").rstrip("\n"))
        except OSError as error:
            why = f"The connection is broken ({error.strerror})"
        if self.state is State.TALKING:
            self.state = State.DROPPED
            self.screen.show(f"{why}: press Enter to quit")

    def talk(self) -> None:
        while self.state is State.TALKING:
            match input().strip():
                case "":
                    continue
                case "/help":
                    self.screen.show("Write something, or exit")
                case word if word.lower() in {"exit", "/exit", "/quit"}:
                    self.state = State.LEAVING
                case text if self.state is State.TALKING:
                    self.sock.sendall(text.encode())
                case _:
                    self.screen.show("Not sent")


def start_client(host: str = "localhost", port: int = 12345) -> None:
    screen = Screen()
    printer = threading.Thread(target=screen.run, name="printer")
    printer.start()
    try:
        with socket.create_connection((host, port)) as sock:
            client = Client(sock, screen)
            receiver = threading.Thread(target=client.receive, name="receiver", daemon=True)
            receiver.start()
            screen.show(f"You are {sock.getsockname()[1]}. Type exit to leave.")
            try:
                client.talk()
            except (EOFError, KeyboardInterrupt):
                client.state = State.LEAVING
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            receiver.join()
    except OSError as error:
        screen.show(f"Cannot chat with {host}:{port}: {error}")
    finally:
        screen.lines.put(None)
        printer.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", default=12345, type=int)
    start_client(**vars(parser.parse_args()))
