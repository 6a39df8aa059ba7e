import os
import signal
import socket
import sys
import threading


def receive(sock, leaving):
    try:
        while data := sock.recv(1024):
            print(data.decode("utf-8", "replace"))
    except OSError as error:
        print(f"The connection broke off: {error}")
    if not leaving.is_set():
        leaving.set()
        print("The server has left.")
        os.kill(os.getpid(), signal.SIGINT)  # there is no other way to wake input() up


def start_client(host="localhost", port=12345):
    leaving = threading.Event()
    try:
        sock = socket.create_connection((host, port))
    except OSError as error:
        print(f"No server at {host}:{port}: {error}")
        return
    thread = threading.Thread(target=receive, args=(sock, leaving))
    thread.start()
    try:
        while not leaving.is_set():
            line = input("> ")
            if line.lower() == "exit":
                break
            sock.sendall(line.encode())
    except (EOFError, KeyboardInterrupt):
        print("Bye.")
    except OSError:
        print("Not sent.")
    leaving.set()
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    thread.join()
    sock.close()


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
