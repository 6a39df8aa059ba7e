import os
import socket
import threading
import time

try:
    import readline  # arrow keys in input()
except ImportError:
    readline = None


def banner():
    os.system("cls" if os.name == "nt" else "clear")
    print("=" * 40)
    print("CHAT".center(40))
    print("=" * 40)


def progress(text, steps=6):
    for step in range(steps):
        print("\r" + text + "." * step, end="", flush=True)
        time.sleep(0.1)
    print()


def receive(sock, over):
    while True:
        try:
            data = sock.recv(1024)
        except OSError:
            data = b""
        if not data:
            break
        print(f"\r{time.strftime('%H:%M:%S')} {data.decode('utf-8', 'replace')}\n> ", end="", flush=True)
    if not over.is_set():
        print("\n[server is gone, press Enter]")
        over.set()


def start_client(host="localhost", port=12345):
    banner()
    progress(f"Connecting to {host}:{port}")
    sock = socket.socket()
    try:
        sock.connect((host, port))
    except OSError as error:
        print("FAILED:", error)
        return
    print("OK")
    over = threading.Event()
    threading.Thread(target=receive, args=(sock, over), daemon=True).start()
    try:
        while not over.is_set():
            text = input("> ")
            if text.lower() == "exit":
                break
            sock.sendall(text.encode())
    except (EOFError, KeyboardInterrupt, OSError):
        print()
    over.set()
    sock.close()
    progress("Leaving", 3)


if __name__ == "__main__":
    start_client()
