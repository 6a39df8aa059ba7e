from __future__ import annotations

import argparse
import socket
import threading

from room import Guest, Room


def serve(room: Room, guest: Guest) -> None:
    with guest.sock, room.visit(guest):
        while data := guest.sock.recv(1 << 12):
            guest.messages += 1
            text = data.decode("utf-8", errors="replace")
            print(guest, f"#{guest.messages}", f"to {room.say(guest, text)} people:", text)
    print(guest, "is gone after", guest.messages, "messages")


def start_server(host: str = "localhost", port: int = 12345) -> None:
    room = Room()
    with socket.create_server((host, port)) as door:
        while True:
            sock, (peer_host, peer_port) = door.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            guest = Guest(sock, peer_host, peer_port)
            threading.Thread(target=serve, args=(room, guest), daemon=True).start()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=12345)
    arguments = parser.parse_args()
    start_server(arguments.host, arguments.port)


if __name__ == "__main__":
    main()
