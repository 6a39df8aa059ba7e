import datetime
import socket
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed


class Hub:
    EVERY = 0.2

    def __init__(self):
        self._lock = threading.Lock()
        self._sockets = {}
        self._senders = ThreadPoolExecutor(max_workers=8, thread_name_prefix="send")
        self._stopped = threading.Event()

    def report(self):
        """Runs in a thread of its own."""
        while not self._stopped.wait(self.EVERY):
            with self._lock:
                count = len(self._sockets)
            print(f"{datetime.datetime.now():%H:%M:%S} online: {count}")

    def close(self):
        self._stopped.set()
        self._senders.shutdown(wait=False)

    def listen_to(self, sock, address):
        with self._lock:
            self._sockets[address] = sock
        while True:
            try:
                data = sock.recv(1024)
            except OSError:
                break
            if not data:
                break
            self.spread(address, f"From {address[1]}: ".encode() + data)
        with self._lock:
            self._sockets.pop(address)
        sock.close()

    def spread(self, sender, data):
        with self._lock:
            targets = {address: sock for address, sock in self._sockets.items() if address != sender}
        futures = {self._senders.submit(sock.sendall, data): address for address, sock in targets.items()}
        for future in as_completed(futures):
            if future.exception() is not None:
                print(futures[future], future.exception())


def start_server(host="localhost", port=12345):
    hub = Hub()
    threading.Thread(target=hub.report, daemon=True).start()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    try:
        while True:
            threading.Thread(target=hub.listen_to, args=listener.accept(), daemon=True).start()
    except KeyboardInterrupt:
        hub.close()
        listener.close()


if __name__ == "__main__":
    start_server()
