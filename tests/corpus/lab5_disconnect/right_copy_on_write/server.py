import socket
import sys
import threading


class Room:
    def __init__(self):
        self._lock = threading.Lock()
        self._members = frozenset()

    @property
    def members(self):
        """Everybody who is here now. The set is never changed, only replaced."""
        return self._members

    def enter(self, member):
        with self._lock:
            self._members |= {member}

    def leave(self, member):
        with self._lock:
            self._members -= {member}

    def tell(self, text, but=None):
        for member in self.members - {but}:
            try:
                member.sendall(text)
            except OSError:
                self.leave(member)


room = Room()


def hang_up(member):
    try:
        member.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    member.close()


def converse(member, address):
    room.enter(member)
    member.sendall("Добро пожаловать!\n".encode())
    while data := member.recv(1500):
        room.tell(b"%d: %s\n" % (address[1], data), but=member)


def visit(member, address):
    try:
        converse(member, address)
    except ConnectionError as error:
        print(address, "was lost:", error)
    except OSError as error:
        print(address, "cannot go on:", error)
    room.leave(member)
    hang_up(member)
    room.tell(f"* {address[1]} has left\n".encode())


def start_server(host="localhost", port=12345):
    with socket.create_server((host, port)) as door:
        try:
            while True:
                threading.Thread(target=visit, args=door.accept(), daemon=True).start()
        except KeyboardInterrupt:
            room.tell("* Сервер закрывается. До свидания!\n".encode())
            for member in room.members:
                hang_up(member)


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
