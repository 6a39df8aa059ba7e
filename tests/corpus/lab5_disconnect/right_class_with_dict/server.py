import socket as net
import sys
from threading import RLock, Thread


class ChatRoom:
    def __init__(self, host, port):
        self.members = {}
        self.guard = RLock()
        self.door = net.create_server((host, port))

    def open(self):
        try:
            while True:
                conn, addr = self.door.accept()
                with self.guard:
                    self.members[addr] = conn
                Thread(target=self.listen_to, args=(conn, addr), daemon=True).start()
        except KeyboardInterrupt:
            print("bye")
        finally:
            self.door.close()

    def listen_to(self, conn, addr):
        try:
            while data := conn.recv(2048):
                self.tell_others(addr, b"%s:%d says: %s" % (addr[0].encode(), addr[1], data))
        except OSError as error:
            print("lost", addr, error)
        finally:
            self.forget(addr)

    def tell_others(self, sender, data):
        with self.guard:
            members = list(self.members.items())
        for addr, conn in members:
            if addr != sender:
                try:
                    conn.sendall(data)
                except OSError:
                    self.forget(addr)

    def forget(self, addr):
        with self.guard:
            conn = self.members.pop(addr, None)
        if conn is not None:
            conn.close()


def start_server(host="localhost", port=12345):
    ChatRoom(host, port).open()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
