import queue
import socket
import threading


class Member:
    def __init__(self, sock, address):
        self.sock, self.address = sock, address
        self.outbox = queue.Queue()

    def write(self):
        while (data := self.outbox.get()) is not None:
            try:
                self.sock.sendall(data)
            except OSError:
                return


members = []
mutex = threading.Semaphore(1)


def read(member):
    while True:
        try:
            data = member.sock.recv(1024)
        except ConnectionResetError:
            data = b""
        if not data:
            break
        line = f"[{member.address[0]}:{member.address[1]}] ".encode() + data
        with mutex:
            for other in members:
                if other is not member:
                    other.outbox.put(line)
    with mutex:
        members.remove(member)
    member.outbox.put(None)
    member.sock.close()


def start_server(host="localhost", port=12345):
    with socket.create_server((host, port), backlog=1) as listener:
        while True:
            member = Member(*listener.accept())
            with mutex:
                members.append(member)
            for work in (read, lambda member=member: member.write()):
                threading.Thread(target=work, args=(member,) if work is read else (), daemon=True).start()


if __name__ == "__main__":
    import sys

    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
