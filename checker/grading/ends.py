"""What is at the other end of the sockets that threads wait on, and whether those are still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from checker.stage.program import Program
from checker.stage.rest import Waiting
from checker.stage.rest.sockdiag import LISTEN, Row

ON_CONNECTIONS = ("recvfrom", "recvmsg", "sendto", "sendmsg")
ON_LISTENERS = ("accept", "accept4")


class Ends:
    """What is known of the sockets of one program at the moment in which its threads were seen to wait."""

    def __init__(self, program: Program, waits: Sequence[Waiting]) -> None:
        stage = program.stage
        self._names = {(peer.remote, peer.address): peer.name for peer in stage.peers}
        theirs = [row for row in stage.rows() if row.inode and (row.remote, row.local) not in self._names]
        self._rows = {row.inode: row for row in theirs}
        held = {inode for one in stage.running() for inode in one.observer.inodes()}
        self._left = [row for row in theirs if row.inode not in held and row.state != LISTEN]
        self._waiting = Counter(wait.inode for wait in waits if wait.call in ON_CONNECTIONS and not self.closed(wait))
        self._closed = sum(wait.call in ON_CONNECTIONS and self.closed(wait) for wait in waits)

    def closed(self, wait: Waiting) -> bool:
        """Whether the thread's descriptor was closed while it waits: it is gone, or stands for something else by now, on which
        nobody can wait in that way."""
        if wait.descriptor is None or wait.call not in ON_CONNECTIONS + ON_LISTENERS:
            return False
        if wait.inode is None:
            return True
        row = self._rows.get(wait.inode)
        return row is not None and (row.state == LISTEN) != (wait.call in ON_LISTENERS)

    def peer(self, wait: Waiting) -> str | None:
        """Who of ours is at the other end of the connection that the thread waits on; None where that is not certain.

        The kernel keeps a connection whose descriptor was closed as long as somebody waits on it. Of one such thread, and one
        such connection, it is clear which belongs to which. A closed descriptor's number is given out again, so where
        several wait on one number, some may wait on what it stood for before.
        """
        if wait.call not in ON_CONNECTIONS:
            return None
        if self.closed(wait):
            return self._name(self._left[0]) if len(self._left) == self._closed == 1 else None
        row = self._rows.get(wait.inode or 0)
        if row is None or (self._left and self._waiting[wait.inode] > 1):
            return None
        return self._name(row)

    def _name(self, row: Row) -> str | None:
        return self._names.get((row.local, row.remote))
