import socket
import sys


def start_client(host="localhost", port=12345):
    s = socket.socket()
    s.connect((host, port))
    while True:
        line = input("you: ")
        if line == "exit":
            s.close()
            sys.exit()
        s.send(line.encode())
        print("server: " + s.recv(1024).decode())


if __name__ == "__main__":
    start_client()
