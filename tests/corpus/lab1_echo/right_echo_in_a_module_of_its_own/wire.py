"""What server and client have in common."""

import socket

CHUNK = 4096


def chunks(sock):
    """Everything that comes, until the other side says goodbye."""
    while True:
        piece = sock.recv(CHUNK)
        if piece == b"":
            return
        yield piece


def listen_on(host, port, serve):
    """Call `serve` with each client's socket, one at a time."""
    with socket.create_server((host, port), backlog=16) as door:
        while True:
            sock, peer = door.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with sock:
                try:
                    serve(sock)
                except OSError as problem:
                    print(peer, problem)
