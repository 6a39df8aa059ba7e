import socket
import sys
import threading


class Chat:
    def __init__(self, host, port):
        self.listener = socket.create_server((host, port))
        self.lock = threading.Lock()
        self.people = {}

    def accept(self):
        while True:
            try:
                sock, address = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.people[address] = sock
            threading.Thread(target=self.serve, args=(sock, address), daemon=True).start()

    def serve(self, sock, address):
        try:
            while data := sock.recv(1024):
                self.tell(f"{address[0]}:{address[1]} ".encode() + data, address)
        except OSError as error:
            print(address, error)
        with self.lock:
            del self.people[address]
        sock.close()

    def tell(self, data, but=None):
        with self.lock:
            for address, sock in self.people.items():
                if address != but:
                    try:
                        sock.sendall(data)
                    except OSError:
                        print(address, "is gone")

    def kick(self, port):
        with self.lock:
            for address, sock in self.people.items():
                if address[1] == port:
                    sock.shutdown(socket.SHUT_RDWR)

    def command(self, line):
        match line.split():
            case ["list"]:
                with self.lock:
                    print(*self.people)
            case ["say", *words]:
                self.tell(("admin: " + " ".join(words)).encode())
            case ["kick", port] if port.isdigit():
                self.kick(int(port))
            case ["stop"]:
                return False
            case _:
                print("list | say TEXT | kick PORT | stop")
        return True

    def close(self):
        self.listener.close()
        with self.lock:
            for sock in self.people.values():
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def start_server(host="localhost", port=12345):
    chat = Chat(host, port)
    threading.Thread(target=chat.accept, daemon=True).start()
    try:
        while chat.command(input("admin> ")):
            pass
    except (EOFError, KeyboardInterrupt):
        print("bye")
    chat.close()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
