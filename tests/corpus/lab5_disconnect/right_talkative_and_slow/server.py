import signal
import socket
import sys
import threading
import time

time.sleep(0.2)
people = []
people_lock = threading.Condition()


def tell(text, but=None):
    with people_lock:
        for other in list(people):
            if other is not but:
                try:
                    other.sendall(text)
                except OSError:
                    people.remove(other)


def handle(sock, who):
    tell(f"* {who[1]} is here\n".encode(), but=sock)
    try:
        sock.sendall("Welcome! Мы рады вам.\n".encode())
        stream = sock.makefile("rb")
        while chunk := stream.read1(1024):
            time.sleep(0.1)
            tell(f"{who[1]}> ".encode() + chunk + b"\n", but=sock)
        stream.close()
    except OSError as error:
        print("connection lost:", error, file=sys.stderr)
    with people_lock:
        if sock in people:
            people.remove(sock)
    tell(f"* {who[1]} has gone\n".encode())
    sock.close()


def accept_all(listener):
    while True:
        try:
            sock, who = listener.accept()
        except OSError:
            return
        with people_lock:
            people.append(sock)
        threading.Thread(target=handle, args=(sock, who), daemon=True).start()


def start_server(host="localhost", port=12345):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    running = [True]
    signal.signal(signal.SIGINT, lambda number, frame: running.clear())
    threading.Thread(target=accept_all, args=(listener,), daemon=True).start()
    while running:
        time.sleep(1)
    listener.close()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
