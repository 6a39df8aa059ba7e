from socket import *
from threading import Lock, Thread

s = socket(AF_INET, SOCK_STREAM)
s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
s.bind(("", 12345))
s.listen(5)

lock = Lock()
all_clients = []


def serve(c, a):
    while True:
        try:
            m = c.recv(1024)
        except:
            m = b""
        if m == b"":
            break
        print(a[1], ">", m.decode())
        lock.acquire()
        for x in all_clients:
            if x != c:
                try:
                    x.send((str(a[1]) + " > " + m.decode()).encode())
                except:
                    pass
        lock.release()
    lock.acquire()
    all_clients.remove(c)
    n = len(all_clients)
    lock.release()
    c.close()
    print(a[1], "left, online:", n)


while True:
    c, a = s.accept()
    lock.acquire()
    all_clients.append(c)
    n = len(all_clients)
    lock.release()
    print(a[1], "joined, online:", n)
    Thread(target=serve, args=(c, a)).start()
