import logging
import socket
import threading

logging.basicConfig(level=logging.DEBUG)
log = logging.getLogger("chat")
stopping = threading.Event()
lock = threading.Lock()
room = set()


def relay(data, sender, port):
    lock.acquire()
    try:
        everybody = room.copy()
    finally:
        lock.release()
    for member in everybody - {sender}:
        log.debug("relaying %r to %s", data, member)
        member.sendall(b"<%d> " % port + data + b"\n")


def client_thread(sock, port):
    log.info("port %d is here", port)
    while True:
        try:
            data = sock.recv(65536)
        except ConnectionError:
            log.exception("lost %d", port)
            break
        if data == b"":
            break
        relay(data, sock, port)
    with lock:
        room.discard(sock)
    sock.close()


def start_server(host="localhost", port=12345):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(5)
    listener.settimeout(0.2)
    try:
        while not stopping.is_set():
            try:
                sock, address = listener.accept()
            except socket.timeout:
                log.debug("nobody came")
                continue
            sock.settimeout(None)
            with lock:
                room.add(sock)
            thread = threading.Thread(target=client_thread, args=(sock, address[1]))
            thread.daemon = True
            thread.start()
    finally:
        listener.close()


if __name__ == "__main__":
    import sys

    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
