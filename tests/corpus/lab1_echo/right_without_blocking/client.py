import socket
import time


def start_client(host="localhost", port=12345):
    sock = socket.socket()
    sock.connect((host, port))
    sock.setblocking(False)
    while (text := input("Text (exit to leave): ")).strip() != "exit":
        sock.sendall(text.encode())
        answer = b""
        while len(answer) < len(text.encode()):
            try:
                piece = sock.recv(256)
            except BlockingIOError:
                time.sleep(0.01)
                continue
            if not piece:
                print("The server is gone")
                return
            answer += piece
        print("Server:", answer.decode())
    sock.close()


if __name__ == "__main__":
    start_client()
