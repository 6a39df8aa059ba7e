import socket
import sys
import threading
import time

PAUSE = 0.05


class Client:
    def __init__(self, sock, address):
        sock.setblocking(False)
        self.sock, self.address = sock, address
        self.unsent = b""
        self.gone = False

    def receive(self):
        """What the client has said since, or None."""
        try:
            data = self.sock.recv(4096)
        except BlockingIOError:
            return None
        except OSError as error:
            print(self.address, error)
            data = b""
        if not data:
            self.gone = True
        return data

    def send(self, data=b""):
        self.unsent += data
        try:
            while self.unsent:
                self.unsent = self.unsent[self.sock.send(self.unsent):]
        except BlockingIOError:
            pass  # next time round
        except OSError:
            self.gone = True


clients = []
clients_lock = threading.Lock()


def go_round():
    """Ask everybody once; whether anybody had something to say."""
    busy = False
    with clients_lock:
        for client in clients:
            data = client.receive()
            if data:
                for other in clients:
                    if other is not client and not other.gone:
                        other.send(f"{client.address}: ".encode() + data)
            client.send()
            busy = busy or data is not None
        for client in [one for one in clients if one.gone]:
            clients.remove(client)
            client.sock.close()
            print(client.address, "has left,", len(clients), "remain")
    return busy


def accept_for_ever(listener):
    while True:
        try:
            client = Client(*listener.accept())
        except OSError:
            return
        with clients_lock:
            clients.append(client)


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    threading.Thread(target=accept_for_ever, args=(listener,), daemon=True).start()
    try:
        while True:
            if not go_round():
                time.sleep(PAUSE)
    except KeyboardInterrupt:
        print("The end")
    with clients_lock:
        for client in clients:
            client.sock.close()
    listener.close()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
