"""A chat client as a script."""

import socket
import sys
import threading
import time

HOST, PORT = sys.argv[1], int(sys.argv[2])


def hear():
    while True:
        try:
            data = s.recv(1024)
        except OSError:
            data = b""
        if not data:
            print("[connection closed]")
            break
        print(str(data, "utf-8"))


for attempt in range(3):
    s = socket.socket()
    try:
        s.connect((HOST, PORT))
        break
    except ConnectionRefusedError:
        s.close()
        print("No answer, attempt", attempt + 1)
        time.sleep(0.05)
else:
    sys.exit("Giving up.")

ear = threading.Thread(target=hear)
ear.start()
try:
    while ear.is_alive():
        words = input()
        if words.lower() == "exit":
            break
        s.sendall(words.encode())
except (KeyboardInterrupt, EOFError, BrokenPipeError, ConnectionResetError):
    pass
try:
    s.shutdown(socket.SHUT_RDWR)
except OSError:
    pass
ear.join()
s.close()
