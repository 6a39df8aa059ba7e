import socket
import sys
import threading
from types import SimpleNamespace


def start_server(host="localhost", port=12345):
    members = []
    lock = threading.Lock()
    totals = SimpleNamespace(joined=0, messages={})

    def change(add=None, remove=None):
        """Whoever has taken `members` before keeps what was there: it is not changed in place."""
        nonlocal members
        with lock:
            members = [one for one in members if one is not remove]
            if add is not None:
                members.append(add)
                totals.joined += 1
            print("now", len(members), "of", totals.joined)

    def handle(sock, address):
        host, port = address

        def pass_on(data):
            with lock:
                present = members
                totals.messages.setdefault(port, []).append(len(data))
            for other in present:
                if other is not sock:
                    other.sendall(f"[{host}:{port}] ".encode() + data)

        try:
            while data := sock.recv(1024):
                pass_on(data)
        except OSError as error:
            print(address, error)
        change(remove=sock)
        sock.close()

    with socket.create_server((host, port)) as listener:
        while True:
            sock, address = listener.accept()
            change(add=sock)
            threading.Thread(target=handle, args=(sock, address), daemon=True).start()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
