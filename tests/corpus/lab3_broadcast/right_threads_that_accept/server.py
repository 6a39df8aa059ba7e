import functools
import socket
import sys
import threading

WORKERS = 32
mutex = threading.BoundedSemaphore(1)
people = []


def synchronized(function):
    @functools.wraps(function)
    def locked(*args, **kwargs):
        with mutex:
            return function(*args, **kwargs)

    return locked


@synchronized
def add(sock, address):
    people.append((sock, address))
    print("new:", address, "now:", len(people))


@synchronized
def remove(sock):
    people[:] = [pair for pair in people if pair[0] is not sock]
    print("now:", len(people))


@synchronized
def broadcast(sender, text):
    sender_address = next(address for sock, address in people if sock is sender)
    for sock, address in people:
        if sock is sender:
            continue
        try:
            sock.sendall(f"<{sender_address[0]} {sender_address[1]}> {text}\n".encode())
        except OSError as error:
            print(address, "did not get it:", error)


def worker(listener):
    while True:
        sock, address = listener.accept()
        add(sock, address)
        try:
            while True:
                data = sock.recv(1024)
                if not data:
                    break
                broadcast(sock, data.decode("utf-8", "ignore"))
        except ConnectionError as error:
            print(address, error)
        finally:
            remove(sock)
            sock.close()


def start_server(host="localhost", port=12345):
    with socket.create_server((host, port), backlog=WORKERS) as listener:
        workers = [threading.Thread(target=worker, args=(listener,), daemon=True) for _ in range(WORKERS)]
        for thread in workers:
            thread.start()
        for thread in workers:
            thread.join()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
