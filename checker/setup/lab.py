"""JupyterLab, opened at the first notebook. Runs in the environment: python -m checker.setup.lab [--no-browser].

Options and not a configuration file: what the reader's own says for other work would be mixed with it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
from jupyter_server.serverapp import ServerApp, list_running_servers
from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]

from checker.setup.place import ASKS_NOBODY, FIRST_NOTEBOOK, KERNEL, Place
from checker.setup.screen import Screen
from checker.setup.terminal import shell_command
from checker.texts import _

MODULE = "checker.setup.lab"


class Lab(LabApp):  # type: ignore[misc]
    """JupyterLab, but that it is silent on the screen unless something is wrong; all that it says is in a file."""

    place: Place

    @classmethod
    def make_serverapp(cls, **options: Any) -> ServerApp:
        """The server, before it reads its options."""
        server: ServerApp = super().make_serverapp(**options)
        shell = shell_command(cls.place)
        if shell is not None:
            server.terminado_settings = {"shell_command": shell}
        cls.place.state.mkdir(exist_ok=True)
        cls.place.log.write_bytes(b"")  # and then added to: every extension that sets up its own log closes all files
        file = {"class": "logging.FileHandler", "filename": str(cls.place.log), "encoding": "utf-8"}
        server.logging_config = {
            "filters": {"greeting": {"()": lambda: _not_a_greeting}},
            "handlers": {
                "console": {"filters": ["greeting"]},
                "file": {**file, "level": "INFO", "formatter": "console"},
            },
            "loggers": {type(server).__name__: {"level": "DEBUG", "handlers": ["console", "file"]}},
        }
        return server


def _not_a_greeting(record: logging.LogRecord) -> bool:
    """What it says when it starts and when it ends is "critical" to it, so that nothing hides it. We say it shorter."""
    return not record.getMessage().strip().startswith(("To access the server", "Shutting down"))


def _options(place: Place) -> list[str]:
    root = ["--ServerApp.allow_root=True"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        f"--ServerApp.root_dir={place.kit}",
        "--ServerApp.ip=127.0.0.1",  # not `localhost`, which is two addresses, and on some machines none
        "--ServerApp.open_browser=False",  # by its address: a browser may not read the file that is opened otherwise
        "--Application.log_level=ERROR",  # on the screen
        "--ServerApp.answer_yes=True",  # Ctrl-C ends it, and asks nothing
        f"--KernelSpecManager.allowed_kernelspecs={KERNEL}",  # no other is ready for the kit
        *ASKS_NOBODY,
        *root,
    ]


def main(arguments: list[str]) -> int:
    """Open the kit, and serve it until Ctrl-C; where that is being done already, only open it."""
    place = Place(Path(os.path.abspath(__file__)).parents[2])
    screen = Screen()
    browser = "--no-browser" not in arguments
    for server in _running(place):
        screen.say(_("JupyterLab is running already, in another terminal. Its address is"))
        _show(screen, _address(server["url"], server["token"]), browser)
        return 0
    Lab.place = place
    app = Lab.initialize_server(argv=_options(place))

    def listens() -> None:
        screen.say(_("JupyterLab is running. Its address is"))
        _show(screen, _address(app.connection_url, app.identity_provider.token), browser)
        screen.say(_("It runs until you press Ctrl-C here. Leave this window open while you work."))

    app.io_loop.add_callback(listens)  # after that which begins to listen, which was added before
    app.start()
    screen.say(("\n" if sys.stdout.isatty() else "") + _("JupyterLab has ended."))  # ^C stands before it
    return 0


def _running(place: Place) -> Iterator[dict[str, Any]]:
    """Servers of this kit that were started as this one is, and still run."""
    for server in list_running_servers():
        with contextlib.suppress(psutil.Error):
            if Path(server["root_dir"]) == place.kit and MODULE in psutil.Process(server["pid"]).cmdline():
                yield server


def _address(root: str, token: str) -> str:
    return f"{root}lab/tree/{quote(FIRST_NOTEBOOK)}?token={token}"


def _show(screen: Screen, address: str, browser: bool) -> None:
    screen.say(address, "    ")
    if browser and _has_a_screen():
        # It may take its time, or wait for the browser to end: the server does not wait for that.
        threading.Thread(target=_open, args=(screen, address), daemon=True).start()
    else:
        screen.say(_("Open it in a browser."))


def _has_a_screen() -> bool:
    """Whether a browser would have a window: over ssh, the one that is found would take over the terminal."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME"))


def _open(screen: Screen, address: str) -> None:
    if not webbrowser.open(address):
        screen.say(_("No browser could be started: open the address in yours."))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
