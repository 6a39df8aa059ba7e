"""A connection to a chat server that calls back."""

import logging
import os
import socket
import tempfile
import threading

logging.basicConfig(filename=os.path.join(tempfile.gettempdir(), "chat.log"), level=logging.DEBUG)
log = logging.getLogger("chatlib")


class Connection(threading.Thread):
    daemon = True

    def __init__(self, host, port, on_message, on_end):
        super().__init__()
        self.on_message = on_message
        self.on_end = on_end
        self.leaving = False
        self.sock = socket.socket()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.sock.settimeout(5)
        self.sock.connect((host, port))
        self.sock.settimeout(None)
        log.info("connected to %s", self.sock.getpeername())

    def run(self):
        error = None
        try:
            self.handle()
        except OSError as caught:
            error = caught
            log.exception("receiving failed")
        if not self.leaving:
            self.on_end(error)

    def handle(self):
        while True:
            data = self.sock.recv(2048)
            log.debug("received %d bytes", len(data))
            if not data:
                return
            self.on_message(data.decode("utf-8", "replace"))

    def send(self, text):
        try:
            self.sock.sendall(text.encode("utf-8"))
        except OSError:
            log.exception("sending failed")
            return False
        return True

    def close(self):
        self.leaving = True
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            log.debug("shutdown: %s", error)
        self.sock.close()
