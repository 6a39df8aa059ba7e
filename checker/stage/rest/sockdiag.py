"""The kernel's table of TCP sockets, asked for over netlink (sock_diag(7), inet_diag).

One query of a stage's own network gives both ends of every connection: what was sent, what has arrived, what lies
unread, who waits in the accept queue. TIME_WAIT is left out.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

(
    ESTABLISHED,
    SYN_SENT,
    SYN_RECV,
    FIN_WAIT1,
    FIN_WAIT2,
    TIME_WAIT,
    CLOSE,
    CLOSE_WAIT,
    LAST_ACK,
    LISTEN,
    CLOSING,
) = range(1, 12)

_FIN_SENT = (FIN_WAIT1, CLOSING, LAST_ACK)
_NO_FIN_RECEIVED = (ESTABLISHED, FIN_WAIT1, FIN_WAIT2)

_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST_DUMP = 0x1 | 0x300
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_INET_DIAG_INFO = 2
_STATES = ((1 << 13) - 1) & ~(1 << TIME_WAIT)

# struct inet_diag_req_v2, once for each family. The kernel goes through its whole hash table for each of them: the
# older struct inet_diag_req, which knows no family, is answered with both in half the time.
_TCPDIAG_GETSOCK = 18
_INFO = 1 << (_INET_DIAG_INFO - 1)
_REQUESTS = [
    struct.pack("=BBBBI48x", family, socket.IPPROTO_TCP, _INFO, 0, _STATES)
    for family in (socket.AF_INET, socket.AF_INET6)
]
_REQUEST_BOTH = struct.pack("=BBBB48xII", 0, 0, 0, _INFO, _STATES, 0)

Address = tuple[str, int]


@dataclass(frozen=True)
class Row:
    """One socket. Sizes in bytes; for a listening socket `unread` is the length of the accept queue,
    `unacknowledged` its bound."""

    state: int
    local: Address
    remote: Address
    unread: int
    unacknowledged: int
    inode: int
    sent: int = 0
    received: int = 0
    not_sent: int = 0


class SocketTable:
    """See `checker.stage.rest.Table`. Asks one network. Not for several threads at once."""

    proved = True

    def __init__(self, diag: socket.socket) -> None:
        self._diag = diag
        self._sequence = 0
        self._both_at_once = True

    def rows(self) -> list[Row]:
        """Every TCP socket of the network but those in TIME_WAIT; IPv4-mapped addresses as IPv4."""
        if self._both_at_once:
            try:
                return self._dump(_TCPDIAG_GETSOCK, _REQUEST_BOTH)
            except OSError:  # a kernel without the older form of the request
                self._both_at_once = False
        return [row for request in _REQUESTS for row in self._dump(_SOCK_DIAG_BY_FAMILY, request)]

    def _dump(self, kind: int, request: bytes) -> list[Row]:
        self._sequence += 1
        header = struct.pack("=IHHII", 16 + len(request), kind, _NLM_F_REQUEST_DUMP, self._sequence, 0)
        self._diag.send(header + request)
        rows: list[Row] = []
        while True:
            data = self._diag.recv(1 << 17)
            position = 0
            while position < len(data):
                length, kind, _flags, sequence, _port = struct.unpack_from("=IHHII", data, position)
                if sequence == self._sequence:
                    if kind == _NLMSG_DONE:
                        return rows
                    if kind == _NLMSG_ERROR:
                        raise OSError(-struct.unpack_from("=i", data, position + 16)[0], "sock_diag")
                    rows.append(_row(data[position + 16 : position + length]))
                position += (length + 3) & ~3

    def under_way(self, rows: list[Row]) -> bool:
        """See `Table`."""
        return under_way(rows)

    def forget(self) -> None:
        """See `Table`: nothing is kept from one look to the next."""

    def close(self) -> None:
        """Close the netlink socket."""
        self._diag.close()


def _row(message: bytes) -> Row:
    family, state = message[0], message[1]
    local_port, remote_port = struct.unpack_from("!HH", message, 4)
    local, remote = _address(family, message[8:24]), _address(family, message[24:40])
    unread, unacknowledged, _uid, inode = struct.unpack_from("=IIII", message, 56)
    sent = received = not_sent = 0
    position = 72
    while position + 4 <= len(message):
        length, kind = struct.unpack_from("=HH", message, position)
        if kind == _INET_DIAG_INFO:
            # Offsets in struct tcp_info (linux/tcp.h): bytes_received 128, notsent_bytes 144, bytes_sent 200,
            # bytes_retrans 208.
            info = message[position + 4 : position + length]
            received = struct.unpack_from("=Q", info, 128)[0]
            not_sent = struct.unpack_from("=I", info, 144)[0]
            if len(info) >= 216:
                sent = struct.unpack_from("=Q", info, 200)[0] - struct.unpack_from("=Q", info, 208)[0]
        position += (length + 3) & ~3
        if length < 4:
            break
    return Row(
        state,
        (local, local_port),
        (remote, remote_port),
        unread,
        unacknowledged,
        inode,
        sent,
        received,
        not_sent,
    )


def _address(family: int, data: bytes) -> str:
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, data[:4])
    if data.startswith(bytes(10) + b"\xff\xff"):
        return socket.inet_ntop(socket.AF_INET, data[12:])
    return socket.inet_ntop(socket.AF_INET6, data)


def under_way(rows: list[Row]) -> bool:
    """Whether the network itself still has something to deliver: data, a SYN, a FIN or a RST on its way (RFC 9293).

    Data that lies in a receive queue, or that waits because the other side's queue is full, is delivered as far as the
    network is concerned.
    """
    ends = {(row.local, row.remote): row for row in rows}
    for row in rows:
        if row.state in (LISTEN, CLOSE):
            continue
        if row.state in (SYN_SENT, SYN_RECV):
            return True
        other = ends.get((row.remote, row.local))
        if other is None:
            # Its partner is gone without a TIME_WAIT of ours in between: a RST is on its way to it.
            if row.state in (ESTABLISHED, CLOSE_WAIT):
                return True
            continue
        if other.state == FIN_WAIT2 and not other.inode:
            # Closed by its program: the kernel keeps no count of what it received (tcp_timewait_sock), and what
            # still comes is answered by a RST.
            if row.unacknowledged:
                return True
        elif row.sent > other.received or (row.not_sent and not other.unread):
            return True
        if row.state in _FIN_SENT and other.state in _NO_FIN_RECEIVED and not row.not_sent:
            return True
    return False
