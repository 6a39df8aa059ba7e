"""The lens's findings as plain data."""

from __future__ import annotations

import os
from typing import Any

from checker.inside.lens.clocks import LockShadow, Site, threads
from checker.inside.lens.lockset import Access, Shadow, findings

_WRITES = 2


def report(sources: dict[str, list[str]], folder: str) -> dict[str, Any]:
    """See `Lens.report`: counts, the races in the order in which they were found, the sends under locks."""
    told = _Teller(sources, folder)
    with threads.mutex:
        shared = list(findings.shared)
        return {
            "watched": findings.watched,
            "shared": len(shared),
            "handed_over": findings.handed_over,
            "locks": len(findings.locks),
            "races": [
                {
                    "container": told.container(race.shadow),
                    "first": told.access(race.first),
                    "second": told.access(race.second),
                }
                for race in findings.races
            ],
            "sends_under_lock": [
                told.send(send.thread.name, lock, send.site, shared)
                for send in findings.sends.values()
                for lock in send.locks
            ],
        }


class _Teller:
    def __init__(self, sources: dict[str, list[str]], folder: str) -> None:
        self.sources, self.folder = sources, folder

    def place(self, site: Site) -> dict[str, Any]:
        lines = self.sources.get(site.file, [])
        source = lines[site.line - 1] if 0 < site.line <= len(lines) else ""
        return {"file": self.file(site), "line": site.line, "source": source.strip()}

    def file(self, site: Site) -> str:
        inside = site.file.startswith(self.folder)
        return site.file[len(self.folder) :] if inside else os.path.basename(site.file)

    def container(self, shadow: Shadow) -> str:
        made = f"{shadow.type} made at {self.file(shadow.site)}:{shadow.site.line}"
        return f"{shadow.name} ({made})" if shadow.name else made

    def lock(self, lock: LockShadow) -> str:
        return lock.name or f"{lock.kind} made at {self.file(lock.site)}:{lock.site.line}"

    def access(self, access: Access) -> dict[str, Any]:
        return {
            "thread": access.thread.name,
            **self.place(access.site),
            "held": sorted(self.lock(lock) for lock in access.lockset),
            "access": "write" if access.kind & _WRITES else "read",
        }

    def send(self, thread: str, lock: LockShadow, site: Site, shared: list[Shadow]) -> dict[str, Any]:
        guarded = [shadow for shadow in shared if lock in shadow.guards]
        # One of many locks that one line made is an object's own, such as a client's: not the list's.
        alone = sum(other.site == lock.site for other in findings.locks) == 1
        return {
            "lock": self.lock(lock),
            "thread": thread,
            **self.place(site),
            "guards_container": bool(guarded) and alone,
            "guards": [self.container(shadow) for shadow in guarded],
        }
