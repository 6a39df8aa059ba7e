import socket
import threading
import time

time.sleep(0.2)
people = []
people_lock = threading.Condition()


def handle(sock, who):
    sock.sendall("Welcome! Мы рады вам.\n".encode())
    stream = sock.makefile("rb")
    while chunk := stream.read1(1024):
        time.sleep(0.3)
        with people_lock:
            for other in people:
                if other != sock:
                    other.sendall(f"{who[1]}> ".encode() + chunk)
    with people_lock:
        people.remove(sock)
    stream.close()
    sock.close()


def accept_all(listener):
    while True:
        sock, who = listener.accept()
        with people_lock:
            people.append(sock)
        threading.Thread(target=handle, args=(sock, who), daemon=True).start()


def start_server(host="localhost", port=12345):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    threading.Thread(target=accept_all, args=(listener,), daemon=True).start()
    while True:
        time.sleep(0.4)


if __name__ == "__main__":
    import sys

    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
