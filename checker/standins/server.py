"""The room of `python -m checker room`, without a keyboard: the finished server of the student edition."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))  # programs are run without the kit on their path

from checker.live import Room  # noqa: E402


def start_server(host: str = "localhost", port: int = 12345) -> None:
    """Serve whoever comes until Ctrl-C."""
    with socket.create_server((host, port)) as listener:
        print(f"The room is open at {host}, port {port}.")
        room = Room(listener)
        try:
            room.open_door()
        except KeyboardInterrupt:
            print("\nThe room is closed.")
        finally:
            room.close()


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_server(host, port)
