import socket
import threading
import time


def forward(a, b):
    while True:
        try:
            data = a.recv(2048)
        except OSError:
            data = b""
        if not data:
            break
        time.sleep(0.3)
        try:
            b.sendall(data)
        except OSError:
            break
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def start_server(host="localhost", port=12345):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((host, port))
    s.listen(2)
    while True:
        one, _ = s.accept()
        two, _ = s.accept()
        thread = threading.Thread(target=forward, args=(one, two))
        thread.start()
        forward(two, one)
        thread.join()
        one.close()
        two.close()
