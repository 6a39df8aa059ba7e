import socket

TICK = 0.5


def talk(connection):
    with connection, connection.makefile("rb") as reader, connection.makefile("wb") as writer:
        while chunk := reader.read1(2048):
            writer.write(chunk)
            writer.flush()


def start_server(host="localhost", port=12345):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(socket.SOMAXCONN)
    listener.settimeout(TICK)
    while True:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        except OSError as error:
            if "timed out" in str(error):
                continue
            raise
        connection.settimeout(None)
        try:
            talk(connection)
        except OSError as error:
            print("lost:", error)
