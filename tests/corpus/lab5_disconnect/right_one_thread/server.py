import select
import socket
import sys


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    clients = {}
    try:
        while True:
            readable, _, _ = select.select([listener, *clients], [], [], 0.5)
            for sock in readable:
                if sock is listener:
                    client, address = listener.accept()
                    clients[client] = address
                elif sock in clients:
                    serve(sock, clients)
    except KeyboardInterrupt:
        print("closing", len(clients), "connections")
    finally:
        for sock in [listener, *clients]:
            sock.close()


def serve(sock, clients):
    try:
        data = sock.recv(4096)
    except ConnectionError:
        data = b""
    if not data:
        print(clients.pop(sock), "left")
        sock.close()
        return
    message = repr(clients[sock]).encode() + b": " + data
    gone = []
    for other in clients:
        if other is not sock:
            try:
                other.sendall(message)
            except OSError:
                gone.append(other)
    for other in gone:
        del clients[other]
        other.close()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
