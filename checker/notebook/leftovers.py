"""What a notebook leaves running: threads, processes and sockets that were not there before."""

from __future__ import annotations

import threading

import psutil

BOUND = 5.0
"""Seconds that each thread is given to come to its end."""

KERNELS_OWN = ("ipykernel", "IPython", "zmq", "tornado", "jupyter_client", "concurrent.futures")
"""Packages whose threads are the kernel's own."""


class Leftovers:
    """Notes what there is when it is made; `find` tells what has come since."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._threads = set(threading.enumerate())
        self._children = {child.pid for child in self._process.children(recursive=True)}
        self._ports = self._local_ports()

    def find(self) -> list[str]:
        """What is there and was not, in words."""
        left = []
        for thread in set(threading.enumerate()) - self._threads:
            if _is_the_kernels(thread):
                continue
            thread.join(BOUND)
            if thread.is_alive():
                left.append(f"thread {thread.name}")
        children = self._process.children(recursive=True)
        left += [f"process {child.pid}" for child in children if child.pid not in self._children]
        left += [f"port {port}" for port in sorted(self._local_ports() - self._ports)]
        return left

    def _local_ports(self) -> set[int]:
        # Of the kernel's own sockets the local ports stay as they are: front ends connect to them.
        return {one.laddr.port for one in self._process.net_connections("tcp") if one.laddr}


def _is_the_kernels(thread: threading.Thread) -> bool:
    return thread.name.startswith("asyncio") or type(thread).__module__.startswith(KERNELS_OWN)
