import socket
import threading


class Hub:
    def __init__(self, host, port):
        self.plugs = []
        self.fuse = threading.Lock()
        self.panel = socket.create_server((host, port))

    def drop(self, plug):
        with self.fuse:
            if plug in self.plugs:
                self.plugs.remove(plug)
        plug.close()

    def feed(self, current, source):
        with self.fuse:
            for plug in self.plugs:
                if plug is not source:
                    try:
                        plug.sendall(current)
                    except OSError as spark:
                        print("short circuit:", spark)
                        self.plugs.remove(plug)

    def watch(self, plug, label):
        try:
            for current in iter(lambda: plug.recv(4000), b""):
                self.feed(label.encode() + current, plug)
        except OSError as spark:
            print(label, spark)
        finally:
            self.drop(plug)

    def power(self):
        try:
            while True:
                plug, (host, port) = self.panel.accept()
                with self.fuse:
                    self.plugs.append(plug)
                threading.Thread(target=self.watch, args=(plug, f"{host}:{port} "), daemon=True).start()
        except KeyboardInterrupt:
            print("off")


def start_server(host="localhost", port=12345):
    Hub(host, port).power()
