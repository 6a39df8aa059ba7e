import logging
import socket
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack

logging.basicConfig(format="%(asctime)s [%(levelname)s] %(message)s", level=logging.INFO)


class Whole:
    """An unbuffered file takes as much as it likes: give it the rest, too."""

    def __init__(self, raw):
        self.raw = raw

    def write(self, data):
        view = memoryview(data)
        while view:
            view = view[self.raw.write(view):]


def copy(reader, writer, who):
    try:
        while True:
            data = reader.read1()
            if not data:
                logging.info("%s said goodbye", who)
                return
            logging.info("%s: %s", who, data.decode("utf-8", "backslashreplace"))
            writer.write(data)
    except (OSError, ValueError) as error:
        logging.warning("%s: %s", who, error)


def talk(pool, one, two):
    with ExitStack() as stack:
        files = []
        for sock, _ in (one, two):
            stack.enter_context(sock)
            files.append((sock.makefile("rb"), sock.makefile("wb", buffering=0)))
        tasks = [
            pool.submit(copy, files[0][0], Whole(files[1][1]), one[1]),
            pool.submit(copy, files[1][0], Whole(files[0][1]), two[1]),
        ]
        wait(tasks, return_when=FIRST_COMPLETED)
        for sock, _ in (one, two):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                logging.debug("was not connected any more")
        wait(tasks)
        for reader, writer in files:
            reader.close()
            writer.close()


def start_server(host="localhost", port=12345):
    with ThreadPoolExecutor(max_workers=2) as pool, socket.create_server((host, port)) as listener:
        logging.info("listening on %s", listener.getsockname())
        while True:
            talk(pool, listener.accept(), listener.accept())


if __name__ == "__main__":
    start_server()
