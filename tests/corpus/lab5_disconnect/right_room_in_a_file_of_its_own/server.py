from __future__ import annotations

import argparse
import contextlib
import socket
import threading

from room import Guest, Room

TICK = 0.3


def serve(room: Room, guest: Guest, closing: threading.Event) -> None:
    guest.sock.settimeout(TICK)
    with room.visit(guest), contextlib.suppress(ConnectionError):
        while not closing.is_set():
            try:
                data = guest.sock.recv(1 << 12)
            except TimeoutError:
                continue
            if not data:
                return
            print(guest.address, "was heard by", room.say(guest, data))


def start_server(host: str = "localhost", port: int = 12345) -> None:
    room, closing = Room(), threading.Event()
    with contextlib.ExitStack() as stack:
        door = stack.enter_context(socket.create_server((host, port)))
        stack.callback(room.close)
        stack.callback(closing.set)
        stack.enter_context(contextlib.suppress(KeyboardInterrupt))
        while True:
            guest = Guest(*door.accept())
            threading.Thread(target=serve, args=(room, guest, closing)).start()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=12345)
    start_server(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
