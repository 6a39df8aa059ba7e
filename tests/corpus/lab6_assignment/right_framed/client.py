import json
import socket
import sys
import threading


def type_on(sock):
    while True:
        try:
            text = input()
        except EOFError:
            text = "exit"
        if text == "exit":
            sock.shutdown(socket.SHUT_RDWR)
            return
        sock.sendall((json.dumps({"text": text}) + "\n").encode())


def start_client(host="localhost", port=12345):
    with socket.create_connection((host, port)) as sock:
        keyboard = threading.Thread(target=type_on, args=(sock,), daemon=True)
        keyboard.start()
        try:
            for raw in sock.makefile("rb"):
                packet = json.loads(raw)
                print(packet["from"], "says:", packet["text"])
        except OSError as error:
            print("lost:", error)


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
