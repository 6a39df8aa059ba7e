"""A client whose main thread listens."""

import socket
import threading


def keyboard(connection):
    try:
        while True:
            text = input("> ")
            if text.lower() == "exit":
                break
            connection.sendall(text.encode())
    except (EOFError, OSError):
        pass
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def start_client(host="localhost", port=12345):
    connection = socket.socket()
    try:
        connection.connect((host, port))
    except OSError as error:
        print("No server:", error)
        return
    threading.Thread(target=keyboard, args=(connection,), daemon=True).start()
    try:
        while True:
            data = connection.recv(1024)
            if not data:
                break
            print(data.decode())
    except (OSError, KeyboardInterrupt):
        pass
    print("It is over.")
    connection.close()


if __name__ == "__main__":
    start_client()
