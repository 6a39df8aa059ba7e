import logging
import socket
import sys
import threading

logging.basicConfig(level=logging.DEBUG)
log = logging.getLogger("chat")
stopping = threading.Event()
lock = threading.Lock()
room = set()


def relay(text, sender, port):
    with lock:
        for member in room - {sender}:
            try:
                member.sendall(f"<{port}> {text}\n".encode("utf-8"))
            except OSError as error:
                log.warning("%s could not be reached: %s", member, error)


def client_thread(sock, port):
    log.info("port %d is here", port)
    sock.settimeout(0.25)
    try:
        while not stopping.is_set():
            try:
                data = sock.recv(65536)
            except socket.timeout:
                continue
            if not data:
                break
            relay(data.decode("utf-8", "replace"), sock, port)
    except ConnectionError:
        log.exception("lost %d", port)
    with lock:
        room.discard(sock)
    sock.close()


def start_server(host="localhost", port=12345):
    threads = []
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(5)
        listener.settimeout(0.2)
        try:
            while True:
                try:
                    sock, address = listener.accept()
                except socket.timeout:
                    threads = [thread for thread in threads if thread.is_alive()]
                    continue
                with lock:
                    room.add(sock)
                threads.append(threading.Thread(target=client_thread, args=(sock, address[1])))
                threads[-1].start()
        except KeyboardInterrupt:
            log.info("stopping")
            stopping.set()
            for thread in threads:
                thread.join()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
