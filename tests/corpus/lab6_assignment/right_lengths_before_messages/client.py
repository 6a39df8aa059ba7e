import socket
import sys
import threading

from frames import Gone, receive_frame, send_frame


class Receiver(threading.Thread):
    def __init__(self, sock):
        super().__init__(daemon=True)
        self.sock = sock
        self.stopped = threading.Event()

    def run(self):
        while not self.stopped.is_set():
            try:
                print(receive_frame(self.sock))
            except Gone:
                if not self.stopped.is_set():
                    print("The server has gone. Press Enter.")
                self.stopped.set()


def start_client(host="localhost", port=12345):
    try:
        sock = socket.create_connection((host, port))
    except OSError as error:
        print("There is no server:", error)
        return
    receiver = Receiver(sock)
    receiver.start()
    try:
        while not receiver.stopped.is_set():
            text = input()
            if text.strip().lower() == "exit":
                break
            send_frame(sock, text)
    except (EOFError, KeyboardInterrupt, Gone):
        pass
    receiver.stopped.set()
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    receiver.join()
    sock.close()


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
