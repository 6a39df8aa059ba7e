import atexit
import sys

from chatlib import Connection


def on_message(text):
    print(f"\n<< {text}\n>> ", end="", flush=True)


def on_end(error):
    print(f"\n[no more server: {error or 'it said goodbye'}] type exit", flush=True)


def start_client(host="localhost", port=12345):
    try:
        connection = Connection(host, port, on_message, on_end)
    except OSError as error:
        print(f"[no server at {host}:{port}: {error}]", file=sys.stderr)
        return
    atexit.register(print, "[the end]")
    connection.start()
    while True:
        try:
            text = input(">> ")
        except (EOFError, KeyboardInterrupt):
            break
        if text.upper() == "EXIT":
            break
        if not connection.send(text):
            print("[not sent]")
    connection.close()


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
