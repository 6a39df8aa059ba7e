"""A chat server."""

from __future__ import annotations

import socket
import threading

from arguments import address
from members import Member, Members


def read(member: Member, members: Members) -> None:
    members.join(member)
    try:
        while data := member.sock.recv(1024):
            members.post(member, data.decode(errors="replace"))
    except OSError as error:
        print(f"! {member}: {error}")
    finally:
        members.leave(member)


def listen(host: str, port: int) -> socket.socket:
    if host == "localhost" and socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server((host, port))


def start_server(host: str = "localhost", port: int = 12345) -> None:
    members = Members(report=print)
    with listen(host, port) as listener:
        while True:
            try:
                sock, (peer_host, peer_port, *_) = listener.accept()
            except KeyboardInterrupt:
                members.dismiss()
                return
            member = Member(sock, (peer_host, peer_port))
            threading.Thread(target=read, args=(member, members), daemon=True).start()


if __name__ == "__main__":
    start_server(*address("chat server"))
