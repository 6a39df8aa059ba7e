"""A ready client and a ready server, to try one's own program by hand in two terminals."""

from __future__ import annotations

import codecs
import socket
import threading
from contextlib import suppress

from checker.texts import _

BUFFER = 4096


def talk(host: str, port: int, prompt: str = "") -> int:
    """Chat with the server at `host` and `port` until one of the two leaves. Returns the exit status, 1 where
    nobody listens there. What is typed goes out with a line end, which the servers of all labs can read."""
    try:
        connection = socket.create_connection((host, port))
    except OSError as error:
        print(_("Nobody answers at {host}, port {port}: {error}").format(host=host, port=port, error=error))
        start = _("Start your server first, in another terminal: python server.py {host} {port}")
        print(start.format(host=host, port=port))
        return 1
    mine = connection.getsockname()[1]
    print(_("Connected to {host}, port {port}, from port {mine}.").format(host=host, port=port, mine=mine))
    print(_("Type a line and Enter to send it. `exit` or Ctrl-C leaves."))
    over = threading.Event()
    listener = threading.Thread(target=_listen, args=(connection, over, prompt), daemon=True)
    listener.start()
    with suppress(EOFError, KeyboardInterrupt, OSError):
        while not over.is_set() and (line := input(prompt)).strip().lower() != "exit":
            connection.sendall(line.encode() + b"\n")
    if not over.is_set():
        print(_("You have left."))
    over.set()
    _hang_up(connection)
    listener.join(timeout=1)
    return 0


def _listen(connection: socket.socket, over: threading.Event, prompt: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    how = _("The server has ended the connection. Enter leaves.")
    try:
        while data := connection.recv(BUFFER):
            text = decoder.decode(data)
            whole = text if text.endswith("\n") else text + "\n"
            print(f"\n{whole}{prompt}" if prompt else whole, end="", flush=True)
    except OSError as error:
        how = _("The connection is lost ({error}). Enter leaves.").format(error=error)
    if not over.is_set():
        over.set()
        print(f"\n{how}" if prompt else how, flush=True)


class Room:
    """Everybody who is connected, by socket, and one lock for it."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.people: dict[socket.socket, int] = {}
        self.lock = threading.Lock()

    def open_door(self) -> None:
        """Let people in until the listener is closed."""
        while True:
            try:
                sock, address = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.people[sock] = address[1]
                count = len(self.people)
            _say(_("+ port {port} has come; {count} here"), port=address[1], count=count)
            threading.Thread(target=self._serve, args=(sock, address[1]), daemon=True).start()

    def _serve(self, sock: socket.socket, port: int) -> None:
        how = _("connection closed")
        try:
            while data := sock.recv(BUFFER):
                said = _visible(data)
                _say(_("  port {port} ({size} bytes): {said}"), port=port, size=len(data), said=said)
                self.tell(f"[{port}] ".encode() + data, without=sock)
        except OSError as error:
            how = str(error)
        with self.lock:
            del self.people[sock]
            count = len(self.people)
        _hang_up(sock)
        _say(_("- port {port} has gone ({how}); {count} here"), port=port, how=how, count=count)

    def tell(self, data: bytes, without: socket.socket | None = None) -> None:
        """Send `data` to everybody but one."""
        with self.lock:
            for sock in self.people:
                if sock is not without:
                    with suppress(OSError):  # its own thread notices that it has gone
                        sock.sendall(data)

    def close(self) -> None:
        """Hang up on everybody."""
        _hang_up(self.listener)
        with self.lock:
            for sock in self.people:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


def room(host: str, port: int) -> int:
    """Serve whoever comes to `host` and `port` until Ctrl-C; what is typed here goes to everybody. Returns
    the exit status, 1 where the port is taken."""
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        print(_("Cannot listen at {host}, port {port}: {error}").format(host=host, port=port, error=error))
        other = _("Is a server still running there? Another port: python -m checker room {host} {port}")
        print(other.format(host=host, port=port + 1))
        return 1
    print(_("The room is open at {host}, port {port}.").format(host=host, port=port))
    start = _("Start your client in another terminal: python client.py {host} {port}")
    print(start.format(host=host, port=port))
    print(_("What you type here goes to everybody. Ctrl-C closes the room."))
    door = Room(listener)
    doorkeeper = threading.Thread(target=door.open_door, daemon=True)
    doorkeeper.start()
    with suppress(KeyboardInterrupt):
        try:
            while True:
                door.tell(f"[room] {input()}\n".encode())
        except EOFError:  # no keyboard: serve on
            doorkeeper.join()
    door.close()
    print(_("The room is closed."))
    return 0


def _say(form: str, **facts: object) -> None:
    print(form.format(**facts), flush=True)


def _visible(data: bytes) -> str:
    """The bytes as text, what a screen would not show as an escape; a line end at the end is left out."""
    text = data.decode("utf-8", "backslashreplace").removesuffix("\n")
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)  # wakes whoever waits in accept() or recv() on it
    sock.close()
