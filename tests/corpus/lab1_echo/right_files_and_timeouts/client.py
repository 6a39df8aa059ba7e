import socket


def start_client(host="localhost", port=12345):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        connection.connect((host, port))
        while (line := input()).strip().lower() != "exit":
            data = (line + "\n").encode("utf-8")
            connection.sendall(data)
            answer = connection.recv(len(data), socket.MSG_WAITALL)
            print("Echo:", answer.decode("utf-8"), end="")
