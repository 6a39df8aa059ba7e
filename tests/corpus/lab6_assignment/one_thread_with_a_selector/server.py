import selectors
import socket
import sys

waiting = selectors.DefaultSelector()
people = {}


def accept(listener):
    sock, address = listener.accept()
    people[sock] = address
    waiting.register(sock, selectors.EVENT_READ, hear)
    print("came:", address, "now here:", len(people))


def hear(sock):
    address = people[sock]
    try:
        text = sock.recv(4096)
    except OSError:
        text = b""
    if text:
        for other in people:
            if other is not sock:
                other.sendall(f"<{address[0]}:{address[1]}> ".encode() + text)
        return
    waiting.unregister(sock)
    del people[sock]
    sock.close()
    print("went:", address, "still here:", len(people))


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    waiting.register(listener, selectors.EVENT_READ, accept)
    while True:
        for key, _events in waiting.select():
            key.data(key.fileobj)


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
