import concurrent.futures
import logging
import socket

SLOW = sum(number * number for number in range(1_000_000))
logging.basicConfig(level=logging.DEBUG)
log = logging.getLogger("echo")


def serve(connection, address):
    buffer = bytearray(8192)
    with connection:
        while True:
            try:
                size = connection.recv_into(buffer)
                if size == 0:
                    return
                log.debug("%s: %s", address, bytes(buffer[:size]).hex())
                connection.sendall(memoryview(buffer)[:size])
            except OSError:
                log.exception("lost %s", address)
                return


def start_server(host="localhost", port=12345):
    with concurrent.futures.ThreadPoolExecutor() as pool, socket.create_server((host, port)) as listener:
        while True:
            pool.submit(serve, *listener.accept())
