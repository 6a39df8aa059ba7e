import signal
import socket
import sys
import threading
import time

TICK = 0.05  # seconds between two rounds
REPORT = 0.25  # seconds between two reports

clients = []  # (socket, address)
clients_lock = threading.Lock()
stopping = threading.Event()


def say(text):
    print(time.strftime("[%H:%M:%S]"), text)


def report():
    with clients_lock:
        names = " ".join(str(address[1]) for _, address in clients)
    if names:
        say(f"here: {names}")
    if not stopping.is_set():
        timer = threading.Timer(REPORT, report)
        timer.daemon = True
        timer.start()


def accept(listener):
    while True:
        try:
            sock, address = listener.accept()
        except OSError:
            return
        sock.setblocking(False)
        with clients_lock:
            clients.append((sock, address))
            say(f"{address[0]}:{address[1]} came, number of clients {len(clients)}")


def read(sock):
    """What has come: bytes, b"" at the end, None if there is nothing."""
    try:
        return sock.recv(1024)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def poll():
    with clients_lock:
        for sock, address in clients[:]:
            data = read(sock)
            if data is None:
                continue
            if data == b"":
                clients.remove((sock, address))
                sock.close()
                say(f"{address[0]}:{address[1]} went, number of clients {len(clients)}")
                continue
            for other, _ in clients:
                if other is not sock:
                    try:
                        other.sendall(f"{address[0]}:{address[1]} says ".encode() + data)
                    except OSError as error:
                        say(f"not delivered: {error}")


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    signal.signal(signal.SIGINT, lambda number, frame: stopping.set())
    threading.Thread(target=accept, args=(listener,), daemon=True).start()
    report()
    while not stopping.wait(TICK):
        poll()
    listener.close()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
