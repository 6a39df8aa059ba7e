"""Bad programs for lab 3, most of them the right one with something done to it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RIGHT = (ROOT / "solutions" / "lab3_broadcast" / "server.py").read_text(encoding="utf-8")
DEFINITIONS, GUARD, STARTED = RIGHT.partition('if __name__ == "__main__":\n')


def right_after(first: str) -> str:
    """The right server, which does `first` as soon as it is started."""
    call = "    with open_listener(host, port) as listener:\n"
    assert RIGHT.count(call) == 1
    lines = "".join(f"    {line}\n" for line in first.strip().splitlines())
    return RIGHT.replace(call, lines + call)


def only(body: str) -> str:
    """A server whose start_server does nothing but `body`."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return f"import os, signal, socket, sys, threading, time\n\n\ndef start_server(host, port):\n{lines}"


LISTENS = "listener = socket.create_server((host, port))\n"

RAISES_AT_IMPORT = 'import socket\n\nprint("loading")\nraise ValueError("no such luck")\n\n' + RIGHT
NO_START_SERVER = RIGHT.replace("start_server", "run_my_server")
NOTHING_AT_ALL = "import socket\n\n\ndef begin(host, port):\n    return socket.create_server((host, port))\n"
NO_GUARD = DEFINITIONS + "start_server()\n"
NO_GUARD_AND_A_PORT = DEFINITIONS + 'start_server("127.0.0.1", 23456)\n'
HARD_CODED_PORT = right_after("port = 23456")
EXITS_AT_ONCE = only("sys.exit()")
EXITS_HARD = only(LISTENS + "os._exit(0)")
NEVER_LISTENS = only("threading.Event().wait()")
SPINS = only("while True:\n    pass")
NEVER_ACCEPTS = only(LISTENS + "threading.Event().wait()")
FLOODS = only(LISTENS + 'line = b"x" * 65535 + b"\\n"\nwhile True:\n    os.write(1, line)')
FLOODS_WITH_PRINT = only(LISTENS + 'while True:\n    print("still waiting for a client")')
NOT_UTF_8 = only('os.write(1, bytes([0xcf, 0xf0, 0xe8, 0xff, 0x80]) + b" said\\n")\nsys.exit(3)')
STEERS_THE_TERMINAL = only(
    'print("\\x1b[2J\\x1b[H\\x1b]0;owned\\x07\\x9b31m 20 of 20 points \\r\\x1b[8m")\nsys.exit(3)'
)
FIFTY_CHILDREN = right_after(
    """
for _number in range(50):
    if os.fork() == 0:
        signal.pause()
"""
).replace("import socket\n", "import os\nimport signal\nimport socket\n", 1)
OUTLIVES_ITS_PARENT = right_after(
    """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        socket.create_server(("127.0.0.1", 0))
        open(os.path.join(os.environ["TMPDIR"], "kept"), "w").close()
        while True:
            signal.pause()
    os._exit(0)
os.wait()
"""
).replace("import socket\n", "import os\nimport signal\nimport socket\n", 1)
IGNORES_SIGNALS = right_after(
    "signal.signal(signal.SIGINT, signal.SIG_IGN)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)"
).replace("import socket\n", "import signal\nimport socket\n", 1)
CLOSES_ITS_STREAMS = right_after("os.close(0)\nos.close(1)\nos.close(2)").replace(
    "import socket\n", "import os\nimport socket\n", 1
)
CLOSES_STDIN = right_after("sys.stdin.close()\nos.close(0)").replace("import socket\n", "import os\nimport socket\n", 1)
KILLS_ITS_PARENT = right_after("os.kill(os.getppid(), signal.SIGKILL)").replace(
    "import socket\n", "import os\nimport signal\nimport socket\n", 1
)
KILLS_EVERYBODY = right_after("os.kill(-1, signal.SIGKILL)").replace(
    "import socket\n", "import os\nimport signal\nimport socket\n", 1
)
EATS_MEMORY = only(LISTENS + "kept = []\nwhile True:\n    kept.append(bytearray(8 << 20))")
FORGES_ITS_RESULT = only(
    """
import glob, json
for number in range(3, 4096):
    for what in ('{"event": "lens", "races": [], "watched": 1}', '{"hello": 0}', '{"exit": 0, "status": 0}'):
        try:
            os.write(number, what.encode() + b"\\n")
        except OSError:
            continue
print(json.dumps({"version": 1, "score": 20, "max": 20, "complete": True}))
here = os.path.dirname(__file__)
handed_in = os.path.abspath(os.environ["HOME"] + "/../../../handed in")  # see `Place`
for folder in sys.path + [handed_in, here]:
    for place in {folder + "/checker", folder + "/checker/inside", folder} - {here}:
        try:
            open(place + "/forged.py", "w").close()
            print("wrote", place)
        except OSError:
            continue
"""
    + LISTENS
    + "threading.Event().wait()"
)
