import logging
import socket
import sys

SLOW = sum(number * number for number in range(1_000_000))
logging.basicConfig(level=logging.DEBUG)


def start_client(host="localhost", port=12345):
    logging.info("connecting to %s:%d", host, port)
    connection = socket.create_connection((host, port))
    for line in map(str.rstrip, sys.stdin):
        if line == "exit":
            break
        logging.debug("sending %r", line)
        connection.sendall(line.encode())
        rest = len(line.encode())
        parts = []
        while rest:
            parts.append(connection.recv(rest))
            rest -= len(parts[-1])
        sys.stdout.write(b"".join(parts).decode() + "\n")
    connection.close()
    logging.info("bye")
