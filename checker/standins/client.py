"""The client of `python -m checker talk`, with a prompt: the finished client of the student edition."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))  # programs are run without the kit on their path

from checker.live import talk  # noqa: E402


def start_client(host: str = "localhost", port: int = 12345) -> None:
    """Chat with the server there until one of the two leaves."""
    talk(host, port, prompt="Your message: ")


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_client(host, port)
