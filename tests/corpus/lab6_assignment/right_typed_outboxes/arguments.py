"""What both programs take from the command line."""

from __future__ import annotations

import argparse


def address(description: str) -> tuple[str, int]:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("host", nargs="?", default="localhost")
    parser.add_argument("port", nargs="?", type=int, default=12345)
    parser.add_argument("-p", "--port", dest="other_port", type=int, help="another way to say the port")
    arguments = parser.parse_args()
    return arguments.host, arguments.other_port or arguments.port
