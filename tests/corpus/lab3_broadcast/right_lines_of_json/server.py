import json
import logging
import socket
import sys
import threading
from functools import partial

log = logging.getLogger(__name__)
logging.basicConfig(level=logging.INFO, format="%(asctime)s.%(msecs)03d %(threadName)-12s %(message)s", datefmt="%H:%M:%S")


def packet(address, text):
    message = {"from": list(address), "text": text}
    return json.dumps(message, ensure_ascii=False).encode("utf-8") + b"\n"


def handle_client(sock, address, clients, history, lock):
    log.info("connected")
    receive = partial(sock.recv, 1024)
    try:
        for data in iter(receive, b""):
            text = data.decode("utf-8")
            with lock:
                history.append((address, text))
                del history[:-100]
                for other in filter(lambda one: one is not sock, clients):
                    other.sendall(packet(address, text))
    except OSError as error:
        log.warning("lost: %s", error)
    with lock:
        clients.remove(sock)
        log.info("disconnected; %d messages so far", len(history))
    sock.close()


def start_server(host="localhost", port=12345):
    clients, history, lock = [], [], threading.Lock()
    with socket.create_server((host, port)) as server:
        log.info("listening on %s port %d", *server.getsockname())
        while True:
            sock, address = server.accept()
            with lock:
                clients.append(sock)
            threading.Thread(
                target=handle_client,
                name=f"{address[0]}:{address[1]}",
                kwargs={"sock": sock, "address": address, "clients": clients, "history": history, "lock": lock},
                daemon=True,
            ).start()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
