import socket
import sys
import threading
import time

EVERY = 0.2  # seconds
clients = {}
clients_lock = threading.Lock()


def report():
    with clients_lock:
        ports = sorted(address[1] for address in clients.values())
    print(time.strftime("%H:%M:%S"), "online:", ports)
    timer = threading.Timer(EVERY, report)
    timer.daemon = True
    timer.start()


def broadcast(data, sender):
    with clients_lock:
        others = [sock for sock in clients if sock is not sender]
    for other in others:
        try:
            other.sendall(data)
        except OSError:
            print("could not reach", other.fileno())


def handle(sock, address):
    with clients_lock:
        clients[sock] = address
    try:
        while True:
            data = sock.recv(1024)
            if not data:
                break
            broadcast(f"{address[0]}:{address[1]}> ".encode() + data, sock)
    except OSError as error:
        print(address, error)
    with clients_lock:
        del clients[sock]
    sock.close()


def open_listener(host, port):
    if socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server((host, port))


def start_server(host="localhost", port=12345):
    listener = open_listener(host, port)
    report()
    try:
        while True:
            sock, address = listener.accept()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            threading.Thread(target=handle, args=(sock, address), daemon=True).start()
    except KeyboardInterrupt:
        print("Bye")
    listener.close()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
