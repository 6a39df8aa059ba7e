import sys

from wire import chunks, listen_on


def echo(sock):
    for piece in chunks(sock):
        rest = memoryview(piece)
        while rest:
            rest = rest[sock.send(rest):]


def start_server(host="localhost", port=12345):
    listen_on(host, port, echo)


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
