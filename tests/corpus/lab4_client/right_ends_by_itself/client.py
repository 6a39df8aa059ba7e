"""A chat client that ends abruptly, but in words."""

import os
import signal
import socket
import sys
import threading


def goodbye(text, status=0):
    print(f"\n{text}")
    sys.stdout.flush()
    os._exit(status)


def listen(channel):
    while True:
        try:
            text = channel.recv(1024).decode("utf-8")
        except ConnectionResetError:
            goodbye("Connection reset.", 2)
        if text == "":
            goodbye("Server stopped.", 2)
        print("<<", text)


def start_client(host="localhost", port=12345):
    signal.signal(signal.SIGINT, lambda number, frame: goodbye("Interrupted."))
    channel = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        channel.connect((host, port))
    except OSError:
        input("No server there. Press Enter to quit.")
        return
    threading.Thread(target=listen, args=[channel], daemon=True).start()
    while True:
        try:
            text = sys.stdin.readline()
        except ValueError:
            continue
        if text == "" or text.strip().lower() == "exit":
            goodbye("Bye.")
        channel.send(bytes(text, "utf-8"))


if __name__ == "__main__":
    start_client()
