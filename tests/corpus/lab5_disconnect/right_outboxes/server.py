import queue
import socket
import sys
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
                break
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


members = []
mutex = threading.Semaphore(1)


def read(member):
    writer = threading.Thread(target=member.write, daemon=True)
    writer.start()
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
    writer.join()
    member.sock.close()


def start_server(host="localhost", port=12345):
    with socket.create_server((host, port), backlog=1) as listener:
        try:
            while True:
                member = Member(*listener.accept())
                with mutex:
                    members.append(member)
                threading.Thread(target=read, args=(member,), daemon=True).start()
        except KeyboardInterrupt:
            sys.exit("Stopped.")


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
