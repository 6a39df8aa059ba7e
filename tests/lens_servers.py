# ruff: noqa: E501 - the programs in it are what they are
"""Little chat servers for the lens: right ones of many designs, and wrong ones made from them.

Those in which not the accept loop puts a newcomer on the list greet him with `b"*"` when he is on it.
"""

from __future__ import annotations

ASSIGNMENT = """
import socket
import threading

clients = []
clients_lock = threading.Lock()


def handle_client(client_socket, address):
    try:
        while True:
            message = client_socket.recv(1024).decode('utf-8')
            if not message:
                break
            message_to_send = f"[{address}] {message}"
            with clients_lock:
                for client in clients[:]:
                    if client != client_socket:
                        try:
                            client.send(message_to_send.encode('utf-8'))
                        except:
                            clients.remove(client)
    finally:
        with clients_lock:
            if client_socket in clients:
                clients.remove(client_socket)
                print(f"{address} left, {len(clients)} stay")
        client_socket.close()


def start_server(host='localhost', port=12345):
    server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server_socket.bind((host, port))
    server_socket.listen(5)
    while True:
        client_socket, address = server_socket.accept()
        with clients_lock:
            clients.append(client_socket)
            print(f"{len(clients)} are here")
        client_thread = threading.Thread(target=handle_client, args=(client_socket, address))
        client_thread.daemon = True
        client_thread.start()
"""


def changed(server: str, *pairs: tuple[str, str]) -> str:
    """`server` with each old text, which occurs exactly once, in its new form."""
    for old, new in pairs:
        assert server.count(old) == 1, old
        server = server.replace(old, new)
    return server


def without_locks(server: str) -> str:
    """`server` with its `with clients_lock:` lines taken out and what they held dedented."""
    lines: list[str] = []
    held: list[int] = []
    for line in server.splitlines():
        indent = len(line) - len(line.lstrip())
        while held and line.strip() and indent <= held[-1]:
            held.pop()
        if line.strip() == "with clients_lock:":
            held.append(indent)
        else:
            lines.append(line[4 * len(held) :])
    return "\n".join(lines)


COPY = changed(
    ASSIGNMENT,
    (
        """            with clients_lock:
                for client in clients[:]:
                    if client != client_socket:
                        try:
                            client.send(message_to_send.encode('utf-8'))
                        except:
                            clients.remove(client)
""",
        """            with clients_lock:
                everybody = list(clients)
            for client in everybody:
                if client != client_socket:
                    client.sendall(message_to_send.encode('utf-8'))
""",
    ),
)

DICT_IN_A_CLASS = """
import socket, threading


class Room:
    def __init__(self):
        self.members = {}
        self.lock = threading.RLock()

    def enter(self, sock, address):
        with self.lock:
            self.members[address] = sock
            self.tell(address, "came")
            sock.sendall(b"*")

    def leave(self, address):
        with self.lock:
            self.members.pop(address)
            self.tell(address, "left")

    def tell(self, sender, text):
        with self.lock:
            for address, sock in self.members.items():
                if address != sender:
                    sock.sendall(f"[{sender}] {text}".encode())

    def serve(self, sock, address):
        self.enter(sock, address)
        while data := sock.recv(1024):
            self.tell(address, data.decode())
        self.leave(address)
        sock.close()


def start_server(host="localhost", port=12345):
    room = Room()
    with socket.create_server((host, port)) as listener:
        while True:
            threading.Thread(target=room.serve, args=listener.accept(), daemon=True).start()
"""

OUTBOXES = """
import socket, threading, queue

members = set()
condition = threading.Condition()


class Member:
    def __init__(self, sock):
        self.sock = sock
        self.outbox = queue.Queue()
        self.seen = []

    def write(self):
        while (data := self.outbox.get()) is not None:
            self.sock.sendall(data)

    def read(self):
        while data := self.sock.recv(1024):
            self.seen.append(data)
            with condition:
                for other in members:
                    if other is not self:
                        other.outbox.put(b"> " + data)
        with condition:
            members.discard(self)
            condition.notify_all()
        self.outbox.put(None)
        self.sock.close()


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    while True:
        sock, _address = listener.accept()
        member = Member(sock)
        member.seen.append(b"")
        with condition:
            members.add(member)
        for work in (member.read, member.write):
            threading.Thread(target=work, daemon=True).start()
"""

GUARDED_OUTBOXES = """
import socket, threading

clients = {}
clients_lock = threading.Lock()


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.waiting = []
        self.waiting.append(b"welcome")
        self.changed = threading.Condition()

    def post(self, data):
        with self.changed:
            self.waiting.append(data)
            self.changed.notify()

    def write(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.waiting)
                batch, self.waiting = self.waiting, []
            for data in batch:
                if data is None:
                    return
                self.sock.sendall(data)


def serve(client, address):
    threading.Thread(target=client.write, daemon=True).start()
    while data := client.sock.recv(1024):
        with clients_lock:
            others = [other for where, other in clients.items() if where != address]
        for other in others:
            other.post(data)
    with clients_lock:
        del clients[address]
    client.post(None)
    client.sock.close()


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    while True:
        sock, address = listener.accept()
        client = Client(sock)
        with clients_lock:
            clients[address] = client
        threading.Thread(target=serve, args=(client, address), daemon=True).start()
"""

OWNER = """
import queue, socket, threading

inbox = queue.Queue()


def owner():
    members = []
    while True:
        what, sock, data = inbox.get()
        if what == "come":
            members.append(sock)
            sock.sendall(b"*")
        elif what == "go":
            members.remove(sock)
            sock.close()
        else:
            for member in members:
                if member is not sock:
                    member.sendall(data)


def serve(sock):
    inbox.put(("come", sock, None))
    while data := sock.recv(1024):
        inbox.put(("say", sock, data))
    inbox.put(("go", sock, None))


def start_server(host="localhost", port=12345):
    threading.Thread(target=owner, daemon=True).start()
    listener = socket.create_server((host, port))
    while True:
        sock, _address = listener.accept()
        threading.Thread(target=serve, args=(sock,), daemon=True).start()
"""

SWAPPED_COPY = """
import socket, threading

clients = []
changing = threading.Lock()


def serve(sock):
    global clients
    while data := sock.recv(1024):
        for client in clients:
            if client is not sock:
                client.sendall(data)
    with changing:
        clients = [client for client in clients if client is not sock]
    sock.close()


def start_server(host="localhost", port=12345):
    global clients
    listener = socket.create_server((host, port))
    while True:
        sock, _address = listener.accept()
        with changing:
            new = clients.copy()
            new.append(sock)
            clients = new
        threading.Thread(target=serve, args=(sock,), daemon=True).start()
"""

_TAKES = "        with changing:\n            everybody = clients\n        for client in everybody:\n"
ADDED_TO_COPY = SWAPPED_COPY.replace("        for client in clients:\n", _TAKES).replace(
    "            new = clients.copy()\n            new.append(sock)\n            clients = new\n",
    "            clients = clients.copy()\n            clients.append(sock)\n",
)

HANDED_IN = """
import socket, threading
from dataclasses import dataclass, field


@dataclass
class Guest:
    sock: socket.socket
    said: list = field(default_factory=list)


def start_server(host="localhost", port=12345):
    guests = []
    one_at_a_time = threading.BoundedSemaphore(1)

    def serve(guest, notes):
        while data := guest.sock.recv(1024):
            guest.said.append(data)
            notes["count"] += 1
            with one_at_a_time:
                for other in guests:
                    if other.sock is not guest.sock:
                        other.sock.sendall(data)
        with one_at_a_time:
            guests.remove(guest)
        guest.sock.close()

    listener = socket.create_server((host, port))
    while True:
        sock, _address = listener.accept()
        guest = Guest(sock)
        guest.said.append(b"came")
        notes = {"count": 0}
        with one_at_a_time:
            guests.append(guest)
        threading.Thread(target=serve, args=(guest, notes), daemon=True).start()
"""

POOL = """
import socket, threading
from concurrent.futures import ThreadPoolExecutor

clients = {}
clients_lock = threading.Lock()


def serve(sock, address):
    with clients_lock:
        clients[address] = sock
        sock.sendall(b"*")
    while data := sock.recv(1024):
        with clients_lock:
            targets = [other for where, other in clients.items() if where != address]
        for other in targets:
            other.sendall(data)
    with clients_lock:
        clients.pop(address, None)
    sock.close()


def start_server(host="localhost", port=12345):
    listener = socket.create_server((host, port))
    with ThreadPoolExecutor(max_workers=8) as pool:
        while True:
            pool.submit(serve, *listener.accept())
"""

THREAD_SUBCLASS = """
import socket
from collections import deque
from threading import Event, Lock, Thread


class Guest(Thread):
    everybody = {}
    lock = Lock()

    def __init__(self, sock, address):
        super().__init__(daemon=True, name=f"guest {address[1]}")
        self.sock, self.address = sock, address
        self.outbox = deque()
        self.something = Event()
        self.heard = {"messages": 0, "from": set()}

    def post(self, sender, data):
        self.outbox.append((sender, data))
        self.something.set()

    def write(self):
        while self.something.wait():
            self.something.clear()
            while self.outbox:
                sender, data = self.outbox.popleft()
                self.heard["messages"] += 1
                self.heard["from"].add(sender)
                self.sock.sendall(b"[%d] " % sender + data)

    def run(self):
        Thread(target=self.write, daemon=True).start()
        while data := self.sock.recv(1024):
            with self.lock:
                others = [guest for guest in self.everybody.values() if guest is not self]
            for other in others:
                other.post(self.address[1], data)
        with Guest.lock:
            del Guest.everybody[self.address]
        self.sock.close()


def start_server(host="localhost", port=12345):
    with socket.create_server((host, port)) as listener:
        while True:
            guest = Guest(*listener.accept())
            with Guest.lock:
                Guest.everybody[guest.address] = guest
            guest.start()
"""

BROADCASTER = """
import socket, threading, queue

lock = threading.Lock()
names, sockets, history = {}, [], queue.SimpleQueue()


def broadcaster():
    last = []
    while True:
        sender, words = history.get()
        words.insert(0, str(sender))
        last = (last + [words])[-10:]
        with lock:
            everybody = sorted(sockets, key=id)
            known = names | {None: "nobody"}
        for sock in everybody:
            if known[sock] != sender:
                sock.sendall(" ".join(words).encode())


def serve(sock, address):
    with lock:
        names[sock] = address
    while data := sock.recv(1024):
        words = list(data.decode().split())
        words.append("")
        history.put((address, words))
    with lock:
        sockets.remove(sock), names.pop(sock)
    sock.close()


def start_server(host="localhost", port=12345):
    workers = [threading.Thread(target=broadcaster, daemon=True)]
    for worker in workers:
        worker.start()
    listener = socket.create_server((host, port))
    while True:
        sock, address = listener.accept()
        with lock:
            sockets.append(sock)
            names[sock] = address
        workers.append(threading.Thread(target=serve, args=(sock, address), daemon=True))
        workers[-1].start()
        workers = [worker for worker in workers if worker.is_alive()]
"""

WITH_LOCK = "with clients_lock:"
RIGHT = {
    "assignment": ASSIGNMENT,
    "copy under the lock": COPY,
    "acquire and release": changed(
        ASSIGNMENT,
        (
            "        with clients_lock:\n            clients.append(client_socket)\n            print(f\"{len(clients)} are here\")\n",
            "        clients_lock.acquire()\n        try:\n            clients.append(client_socket)\n        finally:\n"
            "            clients_lock.release()\n",
        ),
    ),
    "an RLock": changed(ASSIGNMENT, ("threading.Lock()", "threading.RLock()")),
    "a Condition": changed(ASSIGNMENT, ("threading.Lock()", "threading.Condition()")),
    "a Semaphore(1)": changed(ASSIGNMENT, ("threading.Lock()", "threading.Semaphore(1)")),
    "a set": changed(
        ASSIGNMENT, ("clients = []", "clients = set()"), ("clients[:]", "set(clients)"), ("clients.append", "clients.add")
    ),
    "a dict in a class": DICT_IN_A_CLASS,
    "an outbox for each client": OUTBOXES,
    "a guarded outbox for each client": GUARDED_OUTBOXES,
    "one thread owns the list": OWNER,
    "a copy swapped in under a lock": SWAPPED_COPY,
    "a copy put in place and added to under the lock": ADDED_TO_COPY,
    "an object handed to each thread": HANDED_IN,
    "a pool of threads": POOL,
    "a subclass of Thread": THREAD_SUBCLASS,
    "a thread that does the sending": BROADCASTER,
}

_LOOP = "            with clients_lock:\n                for client in clients[:]:"
WRONG = {  # name -> (server, a line of each of the two that is named)
    "no lock": (without_locks(ASSIGNMENT), "clients.append(client_socket)", "for client in clients[:]:"),
    "no lock in the accept loop": (
        changed(ASSIGNMENT, ("        with clients_lock:\n            clients.append", "        if True:\n            clients.append")),
        "clients.append(client_socket)",
        "for client in clients[:]:",
    ),
    "no lock around the loop": (
        changed(ASSIGNMENT, (_LOOP, _LOOP.replace(WITH_LOCK, "if True:"))),
        "for client in clients[:]:",
        "clients.append(client_socket)",
    ),
    "an unguarded copy": (
        changed(COPY, ("with clients_lock:\n                everybody", "if True:\n                everybody")),
        "everybody = list(clients)",
        "clients.append(client_socket)",
    ),
    "an unguarded count": (
        changed(ASSIGNMENT, ('            print(f"{len(clients)} are here")', '        print(f"{len(clients)} are here")')),
        'print(f"{len(clients)} are here")',
        "clients.remove(client_socket)",
    ),
    "an unguarded look before the loop": (
        changed(ASSIGNMENT, ("            with clients_lock:\n                for", "            if not clients: break\n            with clients_lock:\n                for")),
        "if not clients: break",
        "clients.append(client_socket)",
    ),
    "a lock for each thread": (
        changed(
            ASSIGNMENT,
            ("def handle_client(client_socket, address):\n", "def handle_client(client_socket, address):\n    clients_lock = threading.Lock()\n"),
        ),
        "for client in clients[:]:",
        "clients.append(client_socket)",
    ),
    "two locks": (
        changed(
            ASSIGNMENT,
            ("clients_lock = threading.Lock()\n", "clients_lock = threading.Lock()\nother_lock = threading.Lock()\n"),
            ("        with clients_lock:\n            clients.append", "        with other_lock:\n            clients.append"),
        ),
        "clients.append(client_socket)",
        "for client in clients[:]:",
    ),
    "let go before the loop": (
        changed(
            COPY,
            ("                everybody = list(clients)\n", "                everybody = clients\n"),
        ),
        "for client in everybody:",
        "clients.append(client_socket)",
    ),
    "an iterator taken under the lock": (
        changed(
            COPY,
            ("                everybody = list(clients)\n", "                everybody = iter(clients)\n"),
        ),
        "for client in everybody:",
        "clients.append(client_socket)",
    ),
    "a set copied without the lock": (
        changed(
            COPY,
            ("clients = []", "clients = set()"),
            ("clients.append", "clients.add"),
            ("            with clients_lock:\n                everybody = list(clients)\n", "            everybody = frozenset(clients)\n"),
        ),
        "everybody = frozenset(clients)",
        "clients.add(client_socket)",
    ),
    "a dict in a class without its lock": (
        changed(DICT_IN_A_CLASS, ("        with self.lock:\n            for address", "        if True:\n            for address")).replace(
            '            self.tell(address, "came")\n', ""
        ).replace("in self.members.items()", "in self.members.copy().items()"),
        "for address, sock in self.members.copy().items():",
        "self.members[address] = sock",
    ),
    "a copy swapped in without a lock": (
        SWAPPED_COPY.replace("with changing:", "if True:"),
        "clients = [client for client in clients if client is not sock]",
        "clients = [client for client in clients if client is not sock]",
    ),
    "the same list added to and put in place": (
        ADDED_TO_COPY.replace("clients = clients.copy()", "clients = clients"),
        "clients.append(sock)",
        "for client in everybody:",
    ),
    "a count when the lock is let go": (
        changed(
            ASSIGNMENT,
            ('                print(f"{address} left', '        print(f"{address} left'),
        ),
        'print(f"{address} left, {len(clients)} stay")',
        "clients.append(client_socket)",
    ),
    "the semaphore lets two in": (
        changed(HANDED_IN, ("BoundedSemaphore(1)", "Semaphore(2)")),
        "guests.append(guest)",
        "for other in guests:",
    ),
    "the owner's list is read by others": (
        changed(
            OWNER,
            ("def owner():\n    members = []\n", "members = []\n\n\ndef owner():\n"),
            ('        inbox.put(("say", sock, data))', '        print(len(members))\n        inbox.put(("say", sock, data))'),
        ),
        "print(len(members))",
        "members.append(sock)",
    ),
    "a pool without the lock": (POOL.replace("with clients_lock:", "if True:"), "clients[address] = sock", "targets = "),
}
