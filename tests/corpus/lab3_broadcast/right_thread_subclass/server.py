#!/usr/bin/env python3
"""Multi-user chat: one ClientThread for each user."""

import socket
import threading


class ClientThread(threading.Thread):
    users = {}
    users_lock = threading.RLock()
    total = 0

    def __init__(self, sock, address):
        super().__init__(name="user-%d" % address[1])
        self.sock = sock
        self.address = address
        self.port = address[1]

    def run(self):
        self.register()
        try:
            self.handle()
        finally:
            self.unregister()
            self.sock.close()

    def register(self):
        ClientThread.users_lock.acquire()
        try:
            ClientThread.users[self.port] = self.sock
            ClientThread.total += 1
            self.announce("joined")
        finally:
            ClientThread.users_lock.release()

    def unregister(self):
        ClientThread.users_lock.acquire()
        try:
            del ClientThread.users[self.port]
            self.announce("left")
        finally:
            ClientThread.users_lock.release()

    def announce(self, what):
        """The lock is held by the caller; it is an RLock, so broadcast() may take it again."""
        print(self.name, what, "- online:", len(ClientThread.users), "- in all:", ClientThread.total)
        self.broadcast("*** %s %s\n" % (self.name, what))

    def handle(self):
        while True:
            try:
                data = self.sock.recv(2048)
            except ConnectionResetError:
                return
            if not data:
                return
            self.broadcast("%d> %s" % (self.port, data.decode("utf-8", "replace")))

    def broadcast(self, text):
        data = text.encode("utf-8")
        ClientThread.users_lock.acquire()
        for port in ClientThread.users:
            if port == self.port:
                continue
            try:
                ClientThread.users[port].sendall(data)
            except OSError as error:
                print("sending to", port, "failed:", error)
        ClientThread.users_lock.release()


class Server:
    def __init__(self, host, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((host, port))
        self.socket.listen(socket.SOMAXCONN)

    def run(self):
        try:
            while True:
                thread = ClientThread(*self.socket.accept())
                thread.daemon = True
                thread.start()
        except KeyboardInterrupt:
            print("Bye")
        finally:
            self.socket.close()


def start_server(host="localhost", port=12345):
    Server(host, port).run()


if __name__ == "__main__":
    start_server()
