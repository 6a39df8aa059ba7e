import queue
import socket
import sys
import threading


def reader(sock, address, events):
    try:
        while data := sock.recv(1024):
            events.put(("said", address, data))
    except OSError as error:
        print(address, error)
    events.put(("went", address))


def writer(sock, outbox):
    while (data := outbox.get()) is not None:
        try:
            sock.sendall(data)
        except OSError:
            pass  # the reader notices; until then the queue has to be emptied
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    sock.close()


def owner(events):
    """The only thread that knows who is here."""
    outboxes = {}
    while True:
        match events.get():
            case ("came", sock, address):
                outboxes[address] = queue.Queue()
                threading.Thread(target=reader, args=(sock, address, events), daemon=True).start()
                threading.Thread(target=writer, args=(sock, outboxes[address]), daemon=True).start()
                print("+", address, len(outboxes))
            case ("said", speaker, data):
                for address, outbox in outboxes.items():
                    if address != speaker:
                        outbox.put(f"[{speaker[0]}:{speaker[1]}] ".encode() + data)
            case ("went", address):
                outboxes.pop(address).put(None)
                print("-", address, len(outboxes))
            case ("stop",):
                for outbox in outboxes.values():
                    outbox.put(None)
                return


def start_server(host="localhost", port=12345):
    events = queue.Queue()
    boss = threading.Thread(target=owner, args=(events,))
    boss.start()
    with socket.create_server((host, port)) as listener:
        try:
            while True:
                sock, address = listener.accept()
                events.put(("came", sock, address))
        except KeyboardInterrupt:
            events.put(("stop",))
            boss.join()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
