import socket
import sys
import threading

from frames import Gone, receive_frame, send_frame


class Handler(threading.Thread):
    everybody = []
    lock = threading.Lock()

    def __init__(self, sock, address):
        super().__init__(daemon=True)
        self.sock, self.address = sock, address

    @classmethod
    def count(cls, what, handler):
        """To be called with the lock held."""
        print(f"{what}: {handler.address[0]}:{handler.address[1]}. Clients now: {len(cls.everybody):02d}/20.")

    def run(self):
        with self.lock:
            self.everybody.append(self)
            self.count("Connected", self)
        try:
            self.handle()
        except Gone as why:
            print(self.address, "-", why)
        with self.lock:
            self.everybody.remove(self)
            self.count("Disconnected", self)
        self.sock.close()

    def handle(self):
        while True:
            text = receive_frame(self.sock)
            print(self.address, ">", text)
            with self.lock:
                for other in self.everybody:
                    if other is not self:
                        self.pass_on(other, text)

    def pass_on(self, other, text):
        try:
            send_frame(other.sock, f"[{self.address[0]}:{self.address[1]}] {text}")
        except Gone:
            pass


def start_server(host="localhost", port=12345):
    with socket.create_server((host, port)) as listener:
        print("Waiting at", listener.getsockname())
        try:
            while True:
                Handler(*listener.accept()).start()
        except KeyboardInterrupt:
            with Handler.lock:
                handlers = list(Handler.everybody)
                for handler in handlers:
                    handler.sock.shutdown(socket.SHUT_RDWR)
            for handler in handlers:
                handler.join()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
