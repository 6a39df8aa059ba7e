import logging
import queue
import socket
import threading

logging.basicConfig(level=logging.DEBUG)


def reader(connection, outbox, own, over):
    connection.settimeout(0.2)
    while not over.is_set():
        try:
            data = connection.recv(4096)
        except TimeoutError:
            continue
        except OSError as error:
            if "timed out" in str(error):
                continue
            break
        if not data:
            break
        logging.debug("%r", data)
        outbox.put(data)
    over.set()
    outbox.put(None)
    own.put(None)


def writer(connection, inbox):
    while (data := inbox.get()) is not None:
        try:
            connection.sendall(data)
        except OSError:
            break
    connection.close()


def chat(pair):
    over = threading.Event()
    boxes = queue.Queue(), queue.Queue()
    for number in (0, 1):
        own, other = boxes[number], boxes[1 - number]
        threading.Thread(target=reader, args=(pair[number], other, own, over), daemon=True).start()
        threading.Thread(target=writer, args=(pair[number], own), daemon=True).start()


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    listener.settimeout(0.3)
    pair = []
    while True:
        try:
            connection, address = listener.accept()
        except OSError:
            continue
        logging.info("%s came", address)
        pair.append(connection)
        if len(pair) == 2:
            chat(pair)
            pair = []
