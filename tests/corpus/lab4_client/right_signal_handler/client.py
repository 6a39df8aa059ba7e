import codecs
import os
import queue
import signal
import socket
import sys
import threading

PATIENCE = 0.05


class Chat:
    def __init__(self, sock):
        self.sock = sock
        self.typed = queue.Queue()
        self.over = threading.Event()

    def read_keyboard(self):
        # Descriptor 0 and not sys.stdin: a daemon that holds sys.stdin spoils the interpreter's end.
        with os.fdopen(os.dup(0), encoding="utf-8", closefd=True) as keyboard:
            for line in keyboard:
                self.typed.put(line.rstrip("\n"))
        self.typed.put("exit")

    def read_server(self):
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        reader = self.sock.makefile("rb")
        try:
            while True:
                data = reader.read1(1024)
                if not data:
                    break
                sys.stdout.write(decoder.decode(data) + "\n")
                sys.stdout.flush()
        except OSError as error:
            print("error:", error)
        reader.close()
        if not self.over.is_set():
            print("The server has left, and so do we.")
            self.over.set()

    def run(self):
        threads = [threading.Thread(target=work, daemon=True) for work in (self.read_keyboard, self.read_server)]
        for thread in threads:
            thread.start()
        while not self.over.is_set():
            try:
                line = self.typed.get(timeout=PATIENCE)
            except queue.Empty:
                continue
            if line.lower() == "exit":
                break
            try:
                self.sock.sendall(line.encode())
            except OSError:
                break
        self.over.set()
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        threads[1].join()
        self.sock.close()


def start_client(host="localhost", port=12345):
    try:
        sock = socket.create_connection((host, port))
    except OSError as error:
        sys.exit(f"{host}:{port}: {error.strerror}")
    chat = Chat(sock)
    signal.signal(signal.SIGINT, lambda *_: chat.over.set())
    chat.run()


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
