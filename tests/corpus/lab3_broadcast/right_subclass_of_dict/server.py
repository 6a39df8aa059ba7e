import logging
import logging.handlers
import queue
import socket
import sys
import threading

records = queue.SimpleQueue()
logging.basicConfig(level=logging.INFO, handlers=[logging.handlers.QueueHandler(records)])
log_writer = logging.handlers.QueueListener(records, logging.StreamHandler())


class Clients(dict):
    """The sockets by their addresses, and the lock for them."""

    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()

    def add(self, address, sock):
        if not self.lock.acquire(timeout=5):
            raise RuntimeError("the list is taken")
        try:
            self[address] = sock
        finally:
            self.lock.release()

    def discard(self, address):
        with self.lock:
            return self.pop(address, None)

    def others(self, address):
        with self.lock:
            return [sock for key, sock in self.items() if key != address]


clients = Clients()


def handle(sock, address):
    for data in iter(lambda: sock.recv(1024), b""):
        for other in clients.others(address):
            other.sendall(b"%s:%d> %s" % (address[0].encode(), address[1], data))
    clients.discard(address)
    sock.close()


def start_server(host="localhost", port=12345):
    log_writer.start()
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "SO_REUSEPORT"):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(0)
    for sock, address in iter(listener.accept, None):
        logging.info("%s", address)
        clients.add(address, sock)
        threading.Thread(target=handle, args=(sock, address), daemon=True).start()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
