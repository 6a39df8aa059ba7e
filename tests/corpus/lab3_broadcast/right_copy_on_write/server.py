"""Chat room.

`members` is never changed in place. Whoever comes or goes makes a new tuple under the lock, so a broadcast can go
through the one it has got hold of without keeping anybody waiting.
"""

import socket
import sys
import threading

members = ()
members_lock = threading.Lock()


def join(member):
    global members
    with members_lock:
        members = members + (member,)


def leave(member):
    global members
    with members_lock:
        members = tuple(one for one in members if one is not member)


def broadcast(data, sender):
    for member in members:
        if member is sender:
            continue
        try:
            member.sendall(data)
        except OSError as error:
            print("could not send:", error)


def talk(member, address):
    join(member)
    try:
        with member:
            while True:
                data = member.recv(1024)
                if not data:
                    return
                broadcast(f"{address[0]}:{address[1]} | ".encode() + data, member)
    except ConnectionError as error:
        print(address, error)
    finally:
        leave(member)


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    print("Room open at", listener.getsockname())
    while True:
        member, address = listener.accept()
        threading.Thread(target=talk, args=(member, address), daemon=True).start()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
