import socket
import threading


class Club:
    def __init__(self):
        self.members = {}
        self.book = threading.Lock()

    def tell(self, name, news):
        with self.book:
            for number, line in self.members.items():
                if number == name:
                    continue
                line.send(news)

    def attend(self, line, name):
        greeting = b"[%d] " % name
        while True:
            try:
                news = line.recv(3000)
            except ConnectionResetError:
                break
            if len(news) == 0:
                break
            self.tell(name, greeting + news)
        line.close()

    def gather(self, door):
        while True:
            line, (_, name) = door.accept()
            with self.book:
                self.members[name] = line
            threading.Thread(target=self.attend, args=(line, name), daemon=True).start()

    def hang_up(self):
        with self.book:
            for line in self.members.values():
                try:
                    line.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


def start_server(host="localhost", port=12345):
    club = Club()
    with socket.create_server((host, port)) as door:
        try:
            club.gather(door)
        except KeyboardInterrupt:
            club.hang_up()
