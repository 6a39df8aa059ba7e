"""A chat client without a second thread."""

import os
import select
import socket


def start_client(host="localhost", port=12345):
    line = socket.socket()
    try:
        line.connect((host, port))
    except OSError as error:
        print(f"{host}:{port} does not answer ({error.strerror})")
        return
    keyboard = b""
    print("Say something:")
    try:
        while True:
            ready, _, _ = select.select([0, line], [], [])
            if line in ready:
                news = line.recv(4096)
                if not news:
                    print("-- the server said goodbye --")
                    break
                print(news.decode("utf-8"))
            if 0 in ready:
                typed = os.read(0, 4096)
                if not typed:
                    break
                *whole, keyboard = (keyboard + typed).split(b"\n")
                for text in whole:
                    if text.lower() == b"exit":
                        return
                    line.sendall(text)
    except KeyboardInterrupt:
        print("-- interrupted --")
    except ConnectionError as error:
        print("-- the server broke off:", error, "--")
    finally:
        line.close()


if __name__ == "__main__":
    start_client()
