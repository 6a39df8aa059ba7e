import socket
import sys
import threading


def start_client(host="localhost", port=12345):
    def show_all():
        sock.settimeout(0.2)
        while not over.is_set():
            try:
                data = sock.recv(1024)
            except TimeoutError:
                continue
            except OSError:
                break
            if not data:
                break
            print(data.decode("utf-8", "replace"))
        over.set()

    over = threading.Event()
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    error = sock.connect_ex((host, port))
    if error:
        print("No server, error", error)
        return
    thread = threading.Thread(target=show_all)
    thread.start()
    try:
        while True:
            text = input("chat> ")
            if over.is_set() or text.casefold() == "exit":
                break
            sock.sendall(text.encode("utf-8"))
    except (EOFError, KeyboardInterrupt):
        print()
    except OSError as problem:
        print("The server does not listen any more:", problem)
    over.set()
    thread.join()
    sock.close()


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
