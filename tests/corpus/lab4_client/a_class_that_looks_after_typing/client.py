import socket


class Terminal:
    def __init__(self, place):
        self.wire = socket.create_connection(place)
        self.wire.settimeout(0.05)

    def look(self):
        try:
            while news := self.wire.recv(999):
                print("<", news.decode("utf-8"))
        except TimeoutError:
            return True
        except OSError as trouble:
            if "timed out" in str(trouble):
                return True
        print("The line is dead.")
        return False

    def work(self):
        while True:
            words = input("> ")
            if words.lower() == "exit":
                return
            self.wire.sendall(words.encode("utf-8"))
            if not self.look():
                return


def start_client(host="localhost", port=12345):
    try:
        terminal = Terminal((host, port))
    except OSError:
        print("No line.")
        return
    try:
        terminal.work()
    except (EOFError, KeyboardInterrupt, OSError):
        print("Over.")
    terminal.wire.close()
