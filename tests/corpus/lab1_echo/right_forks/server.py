import os
import signal
import socket
import sys


def serve(client):
    try:
        while True:
            data = client.recv(4096)
            if not data:
                break
            client.sendall(data)
    except ConnectionError as error:
        print(os.getpid(), error)


def start_server(host="localhost", port=12345):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    listener = socket.create_server((host, port))
    print("Parent", os.getpid(), "listens")
    while True:
        client, address = listener.accept()
        child = os.fork()
        if child == 0:
            listener.close()
            serve(client)
            client.close()
            os._exit(0)
        print("Child", child, "serves", address)
        client.close()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
