"""A chat client that reads its keyboard as a file."""

import socket
import sys
from threading import Thread


def receiver(sock):
    ended = "The server hung up."
    while True:
        try:
            chunk = sock.recv(65536)
        except OSError as error:
            ended = f"The line is dead: {error}."
            break
        if not chunk:
            break
        sys.stdout.buffer.write(chunk + b"\n")
        sys.stdout.buffer.flush()
    print(ended, file=sys.stderr)


def start_client(host="localhost", port=12345):
    sock = socket.socket()
    if sock.connect_ex((host, port)) != 0:
        sys.stderr.write("Nobody is at home.\n")
        sock.close()
        return 1
    thread = Thread(target=receiver, args=(sock,))
    thread.start()
    try:
        for line in sys.stdin:
            line = line.rstrip("\n")
            if line.upper() == "EXIT":
                break
            sock.sendall((line + "\n").encode("utf-8"))
    except (KeyboardInterrupt, BrokenPipeError, ConnectionResetError):
        pass
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    thread.join()
    sock.close()
    return 0


if __name__ == "__main__":
    sys.exit(start_client(*sys.argv[1:2], *map(int, sys.argv[2:3])))
