"""A message on the wire: four bytes that say how long it is, and the message."""

import struct

HEADER = struct.Struct("!I")
LONGEST = 1 << 20


class Gone(Exception):
    """The other side has left."""


def send_frame(sock, text):
    data = text.encode("utf-8")
    try:
        sock.sendall(HEADER.pack(len(data)) + data)
    except OSError as error:
        raise Gone(str(error)) from error


def receive_frame(sock):
    (size,) = HEADER.unpack(_exactly(sock, HEADER.size))
    if size > LONGEST:
        raise Gone(f"announced {size} bytes")
    return _exactly(sock, size).decode("utf-8", errors="replace")


def _exactly(sock, size):
    data = b""
    while len(data) < size:
        try:
            piece = sock.recv(size - len(data))
        except OSError as error:
            raise Gone(str(error)) from error
        if not piece:
            raise Gone("end of the stream")
        data += piece
    return data
