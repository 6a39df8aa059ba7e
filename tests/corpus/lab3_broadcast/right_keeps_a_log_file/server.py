import datetime
import logging
import socket
import sys
import threading
from pathlib import Path

HISTORY = Path(__file__).with_name("history.txt")

logging.basicConfig(filename="server.log", level=logging.INFO, format="%(asctime)s %(message)s")

clients = []
clients_lock = threading.Lock()
history_lock = threading.Lock()


def remember(address, text):
    with history_lock, HISTORY.open("a", encoding="utf-8") as history:
        history.write(f"{datetime.datetime.now():%d.%m.%Y %H:%M:%S} {address[0]}:{address[1]} {text}\n")


def broadcast(data, sender):
    with clients_lock:
        for client in clients:
            if client is not sender:
                client.sendall(data)


def handle_client(client, address):
    logging.info("%s connected", address)
    try:
        while True:
            data = client.recv(1024)
            if not data:
                break
            text = data.decode("utf-8", errors="replace")
            remember(address, text)
            broadcast(f"[{address[0]}:{address[1]}] {text}".encode("utf-8"), client)
    except OSError:
        logging.exception("lost %s", address)
    with clients_lock:
        clients.remove(client)
    client.close()
    logging.info("%s disconnected", address)


def start_server(host="localhost", port=12345):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    logging.info("listening on %s:%d", host, port)
    while True:
        client, address = listener.accept()
        with clients_lock:
            clients.append(client)
        threading.Thread(target=handle_client, args=(client, address), daemon=True).start()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
