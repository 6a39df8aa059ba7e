import json
import socket
import sys
import threading

WORKERS = 24
people = []  # (socket, address)
mutex = threading.BoundedSemaphore(1)


def add(sock, address):
    with mutex:
        people.append((sock, address))


def remove(sock):
    with mutex:
        people[:] = [pair for pair in people if pair[0] is not sock]
        return len(people)


def broadcast(sender, sender_address, text):
    host, port = sender_address
    line = json.dumps({"host": host, "port": port, "text": text}, ensure_ascii=False) + "\n"
    with mutex:
        for sock, address in people:
            if sock is sender:
                continue
            try:
                sock.sendall(line.encode())
            except OSError as error:
                print(address, "did not get it:", error)


def serve(sock, address):
    with sock:
        add(sock, address)
        try:
            while True:
                data = sock.recv(1024)
                if not data:
                    break
                broadcast(sock, address, data.decode("utf-8", "replace"))
        except ConnectionError as error:
            print(address, error)
        finally:
            print(address, "left,", remove(sock), "stay")


def worker(listener):
    while True:
        serve(*listener.accept())


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port), backlog=WORKERS)
    workers = [threading.Thread(target=worker, args=(listener,), daemon=True) for _ in range(WORKERS)]
    for thread in workers:
        thread.start()
    try:
        for thread in workers:
            thread.join()
    except KeyboardInterrupt:
        print("Closing time")


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
