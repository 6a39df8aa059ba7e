"""A client with a connection for each direction."""

import socket
import threading


def listen(connection):
    try:
        while data := connection.recv(1024):
            print(data.decode())
    except OSError:
        pass
    print("The server has left.")


def start_client(host="localhost", port=12345):
    try:
        mouth = socket.create_connection((host, port))
        ear = socket.create_connection((host, port))
    except OSError as error:
        print("No server:", error)
        return
    threading.Thread(target=listen, args=(ear,), daemon=True).start()
    try:
        while True:
            text = input("> ")
            if text.lower() == "exit":
                break
            mouth.sendall(text.encode())
    except (EOFError, KeyboardInterrupt, OSError):
        print("The end.")
    mouth.close()
    ear.close()


if __name__ == "__main__":
    start_client()
