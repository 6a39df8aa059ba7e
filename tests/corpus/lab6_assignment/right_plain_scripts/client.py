from socket import *
from threading import Thread

s = socket()
s.connect(("127.0.0.1", 12345))


def listen():
    while True:
        m = s.recv(1024)
        if not m:
            break
        print(m.decode())


t = Thread(target=listen)
t.daemon = True
t.start()

while True:
    m = input()
    if m == "exit":
        break
    s.send(m.encode())
s.close()
