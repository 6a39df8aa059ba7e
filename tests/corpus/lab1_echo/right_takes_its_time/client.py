import socket
import time


def start_client(host="localhost", port=12345):
    client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    client_socket.connect((host, port))
    while True:
        message = input("Message: ")
        time.sleep(0.2)
        if message == "exit":
            break
        client_socket.send(message.encode())
        time.sleep(0.2)
        print(client_socket.recv(1024).decode())
    client_socket.close()
    time.sleep(0.2)
