"""A client that types and listens in turns."""

import socket


def start_client(host="localhost", port=12345):
    connection = socket.socket()
    try:
        connection.connect((host, port))
        while True:
            text = input("> ")
            if text.lower() == "exit":
                break
            connection.sendall(text.encode())
            answer = connection.recv(1024)
            if not answer:
                print("The server has left.")
                break
            print(answer.decode())
    except (OSError, EOFError, KeyboardInterrupt) as reason:
        print("The end:", type(reason).__name__)
    finally:
        connection.close()


if __name__ == "__main__":
    start_client()
