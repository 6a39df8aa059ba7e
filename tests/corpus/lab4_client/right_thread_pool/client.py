"""A chat client with an executor."""

import io
import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor

time.sleep(0.1)  # a slow start, as with a large library

logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(threadName)s %(message)s")
log = logging.getLogger("chat")


def receive(connection, state):
    while state["open"]:
        try:
            data = connection.recv(4096)
        except socket.timeout:
            continue
        except OSError as error:
            log.warning("the server broke off: %s", error)
            break
        if not data:
            log.warning("the server has gone")
            break
        reader = io.BufferedReader(io.BytesIO(data))
        print(reader.read1(4096).decode("utf-8"))
    state["open"] = False


def start_client(host="localhost", port=12345):
    log.info("connecting to %s port %d", host, port)
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        connection.connect((host, port))
    except ConnectionRefusedError:
        log.error("refused: is there a server on port %d?", port)
        return
    connection.settimeout(0.1)
    state = {"open": True}
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(receive, connection, state)
        try:
            while True:
                message = input("? ")
                if not state["open"] or message.lower() == "exit":
                    break
                connection.sendall(message.encode("utf-8"))
                time.sleep(0.1)
        except (EOFError, KeyboardInterrupt, OSError) as reason:
            log.info("leaving: %s", type(reason).__name__)
        state["open"] = False
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            log.debug("was closed already")
    connection.close()


if __name__ == "__main__":
    start_client()
