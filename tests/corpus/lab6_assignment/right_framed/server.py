import json
import socket
import sys
import threading

lock = threading.Condition()
links = []


def talk(sock, address):
    stream = sock.makefile("rb")
    with lock:
        print(f"{address[0]}:{address[1]} is here; {len(links)} online")
    try:
        for raw in stream:
            packet = json.dumps({"from": "%s:%d" % address, "text": json.loads(raw)["text"]}) + "\n"
            with lock:
                targets = list(links)
                for other in targets:
                    if other is not sock:
                        other.sendall(packet.encode())
    except OSError as error:
        print(address, error)
    stream.close()
    with lock:
        links.remove(sock)
        print(f"{address[0]}:{address[1]} is gone; {len(links)} online")
    sock.close()


def start_server(host="localhost", port=12345):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(128)
    listener.settimeout(0.25)
    while True:
        try:
            sock, address = listener.accept()
        except TimeoutError:
            continue
        sock.settimeout(None)
        with lock:
            links.append(sock)
        threading.Thread(target=talk, args=(sock, address), daemon=True).start()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
