from socket import *


def start_server(host="localhost", port=12345):
    s = socket(AF_INET, SOCK_STREAM)
    s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    s.bind((host, port))
    s.listen(1)
    while 1:
        c, a = s.accept()
        try:
            data = c.recv(3)
            while data != b"":
                c.sendall(data)
                data = c.recv(3)
        except ConnectionResetError:
            print("gone:", a)
        c.close()


if __name__ == "__main__":
    start_server()
