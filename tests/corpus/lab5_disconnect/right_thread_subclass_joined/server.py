"""A chat server whose threads are all ended in good order."""

import signal
import socket
import sys
import threading


class Session(threading.Thread):
    def __init__(self, server, sock, address):
        super().__init__(name="session %s:%s" % address)
        self.server = server
        self.sock = sock
        self.address = address

    def run(self):
        self.server.add(self)
        try:
            self.handle()
        except OSError as error:
            print(self.name, "broke off:", error)
        finally:
            self.server.remove(self)
            self.sock.close()

    def handle(self):
        while not self.server.stopping.is_set():
            data = self.sock.recv(1024)
            if not data:
                print(self.name, "said goodbye")
                break
            self.server.publish(self, data)

    def stop(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class ChatServer:
    def __init__(self, host, port):
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.sessions = {}
        self.listener = socket.create_server((host, port))

    def add(self, session):
        with self.lock:
            self.sessions[session.address[1]] = session

    def remove(self, session):
        with self.lock:
            self.sessions.pop(session.address[1], None)

    def publish(self, sender, data):
        prefix = "[{0}:{1}] ".format(*sender.address).encode()
        with self.lock:
            for port, session in self.sessions.items():
                if port == sender.address[1]:
                    continue
                try:
                    session.sock.sendall(prefix + data)
                except OSError:
                    print(session.name, "cannot be reached")

    def on_interrupt(self, number, frame):
        self.stopping.set()
        self.listener.shutdown(socket.SHUT_RDWR)

    def run(self):
        signal.signal(signal.SIGINT, self.on_interrupt)
        while not self.stopping.is_set():
            try:
                sock, address = self.listener.accept()
            except OSError:
                break
            Session(self, sock, address).start()
        self.listener.close()
        with self.lock:
            sessions = list(self.sessions.values())
        for session in sessions:
            session.stop()
        for session in sessions:
            session.join()
        print("All", len(sessions), "sessions are over")


def start_server(host="localhost", port=12345):
    ChatServer(host, port).run()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
