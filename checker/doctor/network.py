"""Loopback, tried for real; and the port of the assignment."""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
from collections.abc import Iterator

from checker.doctor.finding import Finding
from checker.setup.place import Place
from checker.stage.containment import take_address
from checker.texts import _

PORT = 12345
PATIENCE = 5.0
"""Seconds after which a connection of this machine to itself is taken to be kept from it."""
SLOW = 1.0
"""Seconds that such a connection takes on no machine, however busy, unless somebody looks at it first."""

WORD = "Привет!".encode()


def look(_place: Place) -> Iterator[Finding]:
    """Both families, the name, the port."""
    yield _loopback(socket.AF_INET, "127.0.0.1")
    yield _loopback(socket.AF_INET6, "::1")
    yield _name()
    yield port(PORT)


def _loopback(family: socket.AddressFamily, host: str) -> Finding:
    """Listen, connect, send there and back."""
    began = time.monotonic()
    try:
        _echo(family, host)
    except OSError as error:
        return _no_loopback(host, error)
    took = time.monotonic() - began
    fact = _("{host}: what is sent comes back ({took:.1f} ms).").format(host=host, took=took * 1000)
    if took > SLOW:
        means = _(
            "It takes far too long: something looks at every connection first, an antivirus program or a firewall."
        )
        return Finding("note", fact, means, _("Let it leave Python's connections to 127.0.0.1 and ::1 alone."))
    if family == socket.AF_INET:
        return Finding(
            "good", fact, _("All labs use this address; no network is needed, and no firewall is in between.")
        )
    return Finding("good", fact, _("The same in IPv6, the newer kind of addresses. The labs do not need it."))


def _echo(family: socket.AddressFamily, host: str) -> None:
    with socket.socket(family) as listener:
        listener.settimeout(PATIENCE)
        listener.bind((host, 0))
        listener.listen()
        with socket.socket(family) as client:
            client.settimeout(PATIENCE)
            client.connect(listener.getsockname())
            server, _address = listener.accept()
            with server:
                server.settimeout(PATIENCE)
                client.sendall(WORD)
                server.sendall(_received(server))
                if _received(client) != WORD:
                    raise OSError(_("something else came back"))


def _received(connection: socket.socket) -> bytes:
    got = b""
    while len(got) < len(WORD) and (data := connection.recv(len(WORD) - len(got))):
        got += data
    return got


def _no_loopback(host: str, error: OSError) -> Finding:
    fact = _("{host}: no connection ({error}).").format(host=host, error=error)
    if host != "127.0.0.1":
        return Finding("note", fact, _("This machine has no IPv6, or it is switched off. The labs do not need it."))
    means = _(
        "Nothing in this course works without it. A firewall or an antivirus program keeps Python from connecting."
    )
    todo = _("Allow Python there connections to 127.0.0.1; or ask whoever looks after this machine to do so.")
    return Finding("bad", fact, means, todo)


def _name() -> Finding:
    """What `localhost` stands for here; the assignment's programs are started with it."""
    try:
        found = socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)
    except OSError as error:
        addresses, said = [], str(error)
    else:
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        said = ", ".join(addresses)
    fact = _("localhost is {said}.").format(said=said)
    if any(one.startswith("127.") for one in addresses):
        return Finding("good", fact, _("`python client.py localhost` finds a server that listens on 127.0.0.1."))
    means = _("`python client.py localhost` does not find a server that listens on 127.0.0.1.")
    file = r"C:\Windows\System32\drivers\etc\hosts" if os.name == "nt" else "/etc/hosts"
    todo = _("Type 127.0.0.1 in place of localhost; or add the line  127.0.0.1 localhost  to {file}.").format(file=file)
    return Finding("bad", fact, means, todo)


# The port


def port(number: int) -> Finding:
    """Whether the assignment's port is free, else who has it."""
    try:
        _bind(number, taking=True)
    except OSError as error:
        return _taken(number, error)
    try:
        _bind(number, taking=False)
    except OSError:
        fact = _("Port {port} was in use a moment ago.").format(port=number)
        means = _(
            "The system keeps it for a minute, for what may still be under way: `Address already in use` until then."
        )
        todo = _("Wait a minute; or let the server say SO_REUSEADDR before bind(), as the stubs do.")
        return Finding("note", fact, means, todo)
    fact = _("Port {port} is free.").format(port=number)
    return Finding("good", fact, _("The assignment's server listens there, unless it is told another port."))


def _bind(number: int, *, taking: bool) -> None:
    """As a server does that listens on every address; raises OSError where the port is not to be had."""
    with socket.socket() as probe:
        if taking or sys.platform == "win32":
            take_address(probe)
        probe.bind(("", number))
        probe.listen(1)


def _taken(number: int, error: OSError) -> Finding:
    from checker.doctor.holder import holders

    means = _("A server that wants this port gets `Address already in use` (its own old one, left running, mostly).")
    other = _("Or take another port: python server.py localhost {port}").format(port=number + 1)
    found = holders(number)
    if found is None:
        fact = _("Port {port} is taken. By whom cannot be told: the package psutil is missing.").format(port=number)
        return Finding("bad", fact, means, other)
    if not found and error.errno == errno.EACCES and os.name == "nt":
        fact = _("Port {port} is kept by Windows itself.").format(port=number)
        means = _("Hyper-V, WSL or Docker have had it put aside, and no program gets it.")
        todo = _("As administrator:  net stop winnat  and then  net start winnat.  ") + other
        return Finding("bad", fact, means, todo)
    if not found or any(one.process is None for one in found):
        fact = _("Port {port} is held by a program of another user's, or of the system's.").format(port=number)
        return Finding("bad", fact, means, other)
    fact = _("Port {port} is held by {who}.").format(port=number, who="; ".join(one.said() for one in found))
    end = "taskkill /F /PID {}" if os.name == "nt" else "kill {}"
    ends = " ".join(end.format(one.process) for one in found)
    todo = _("Press Ctrl-C in its terminal, or end it: {ends}. {other}").format(ends=ends, other=other)
    return Finding("bad", fact, means, todo)
