import socket
import time


def start_server(host="localhost", port=12345):
    server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server_socket.bind((host, port))
    server_socket.listen()
    while True:
        client_socket, address = server_socket.accept()
        try:
            while True:
                message = client_socket.recv(1024).decode("utf-8")
                if not message:
                    break
                time.sleep(0.3)
                print(f"{address}: {message}")
                client_socket.sendall(message.encode("utf-8"))
        except OSError:
            print(f"{address} is lost")
        finally:
            client_socket.close()
