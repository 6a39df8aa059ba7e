import socket
import sys
import threading
import time

# address -> socket
clients = {}
lock = threading.Lock()


def send_all(sock, data):
    """sendall() for a socket that does not block."""
    while data:
        try:
            sent = sock.send(data)
        except BlockingIOError:
            time.sleep(0.01)
        else:
            data = data[sent:]


def poll_once():
    """Ask every client once. Returns how many had something to say."""
    spoke = 0
    with lock:
        for address, sock in list(clients.items()):
            try:
                data = sock.recv(1024)
            except BlockingIOError:
                continue
            except OSError as error:
                print(address, error)
                data = b""
            spoke += 1
            if data == b"":
                clients.pop(address).close()
                continue
            for other_address, other in clients.items():
                if other_address != address:
                    try:
                        send_all(other, str(address).encode("ascii") + b": " + data)
                    except OSError as error:
                        print("not sent to", other_address, error)
    return spoke


def poll_for_ever():
    while True:
        if not poll_once():
            time.sleep(0.05)


def start_server(host="localhost", port=12345):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    threading.Thread(target=poll_for_ever, daemon=True, name="poll").start()
    while True:
        sock, address = listener.accept()
        sock.setblocking(False)
        with lock:
            clients[address] = sock


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
