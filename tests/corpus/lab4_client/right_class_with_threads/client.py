"""A chat client as a class."""

import socket
import threading


class ChatClient:
    def __init__(self, address):
        self.address = address
        self.socket = None
        self.running = False
        self.screen = threading.Lock()

    def show(self, text):
        with self.screen:
            print("\r" + text)
            print("> ", end="", flush=True)

    def listen(self):
        try:
            while self.running:
                message = self.socket.recv(2048)
                if message == b"":
                    self.show("*** the server closed the connection")
                    return
                self.show(message.decode(errors="replace"))
        except (ConnectionError, OSError) as problem:
            if self.running:
                self.show(f"*** connection lost ({problem})")
        finally:
            self.running = False

    def run(self):
        try:
            self.socket = socket.create_connection(self.address)
        except OSError as problem:
            print("*** cannot reach the server:", problem.strerror)
            return
        self.running = True
        listener = threading.Thread(target=self.listen, name="listener")
        listener.daemon = True
        listener.start()
        self.show("*** connected")
        try:
            self.read_keyboard()
        except (KeyboardInterrupt, EOFError):
            print("*** bye")
        except OSError:
            print("*** the message could not be sent")
        self.running = False
        self.socket.close()

    def read_keyboard(self):
        while self.running:
            line = input()
            if line.casefold() == "exit":
                break
            if self.running:
                self.socket.sendall(line.encode())
                self.show("you: " + line)


def start_client(host="localhost", port=12345):
    ChatClient((host, port)).run()


if __name__ == "__main__":
    start_client()
