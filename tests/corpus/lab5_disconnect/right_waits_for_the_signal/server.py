import collections
import logging
import signal
import socket
import sys
import threading

logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(relativeCreated)d %(message)s")


class Writer(threading.Thread):
    """Sends what is put into it from a thread of its own, so that a broadcast waits for nobody."""

    def __init__(self, sock):
        super().__init__(daemon=True)
        self.sock = sock
        self.waiting = collections.deque()
        self.finished = False
        self.changed = threading.Condition()
        self.start()

    def put(self, data):
        with self.changed:
            self.waiting.append(data)
            self.changed.notify()

    def finish(self):
        with self.changed:
            self.finished = True
            self.changed.notify()
        self.join()

    def run(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.waiting or self.finished)
                if self.finished:
                    return
                data = self.waiting.popleft()
            try:
                self.sock.sendall(data)
            except OSError as error:
                logging.info("cannot send: %s", error)
                with self.changed:
                    self.finished = True


class Chat:
    def __init__(self):
        self.lock = threading.Lock()
        self.writers = {}
        self.sockets = {}

    def serve(self, sock, address):
        writer = Writer(sock)
        with self.lock:
            self.writers[address] = writer
            self.sockets[address] = sock
            logging.info("%s came, %d here", address, len(self.sockets))
        try:
            while data := sock.recv(1024):
                self.say(address, f"{address[0]} {address[1]}> ".encode() + data)
        except OSError as error:
            logging.info("%s: %s", address, error)
        with self.lock:
            del self.writers[address], self.sockets[address]
            logging.info("%s went, %d here", address, len(self.sockets))
        self.hang_up(sock)
        writer.finish()
        sock.close()

    def say(self, speaker, data):
        with self.lock:
            for address, writer in self.writers.items():
                if address != speaker:
                    writer.put(data)

    def hang_up(self, sock):
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            logging.debug("was hung up already")

    def close(self):
        with self.lock:
            for sock in self.sockets.values():
                self.hang_up(sock)


def accept_for_ever(listener, chat):
    while True:
        sock, address = listener.accept()
        threading.Thread(target=chat.serve, args=(sock, address), daemon=True).start()


def start_server(host="localhost", port=12345):
    # Before any thread is started: they inherit the mask, so the signal waits for the main thread.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    chat = Chat()
    with socket.create_server((host, port)) as listener:
        threading.Thread(target=accept_for_ever, args=(listener, chat), daemon=True).start()
        signal.sigwait({signal.SIGINT})
        logging.info("stopping")
        chat.close()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
