import socket as net
from threading import RLock, Thread


class ChatRoom:
    def __init__(self, host, port):
        self.members = {}
        self.guard = RLock()
        self.door = net.create_server((host, port), reuse_port=False)

    def open(self):
        try:
            while True:
                conn, addr = self.door.accept()
                with self.guard:
                    self.members[addr] = conn
                Thread(target=self.listen_to, args=(conn, addr)).start()
        except KeyboardInterrupt:
            pass

    def listen_to(self, conn, addr):
        try:
            while text := conn.recv(2048).decode("utf-8"):
                self.tell_others(addr, f"{addr[0]}:{addr[1]} says: {text}")
        except OSError as error:
            print("lost", addr, error)
        finally:
            with self.guard:
                self.members.pop(addr, None)
                print(len(self.members), "left")
            conn.close()

    def tell_others(self, sender, text):
        with self.guard:
            for addr, conn in self.members.items():
                if addr != sender:
                    try:
                        conn.sendall(text.encode("utf-8"))
                    except OSError:
                        print("cannot reach", addr)


def start_server(host="localhost", port=12345):
    ChatRoom(host, port).open()


if __name__ == "__main__":
    import sys

    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
