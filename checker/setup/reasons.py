"""From what pip or the system said to what it means and what to do."""

from __future__ import annotations

import errno
import re

from checker.setup.screen import Stop
from checker.texts import N_, _

KEPT = 8
"""Lines of what was said that are shown where nothing is known about it."""

FULL = N_("The disk is full. Free about 600 MB, then call start.py again.")
READ_ONLY = N_(
    "It is not allowed to write to this folder. Copy the kit's folder to one of your own, your home folder or "
    "Documents, and call start.py there."
)
TOO_LONG = N_(
    "The path of the kit's folder is too long for this system. Move it nearer to the top, to C:\\chat for example, "
    "and call start.py there."
)

REASONS = (
    (
        r"No space left on device|Errno 28|WinError 112|Disk quota exceeded",
        FULL,
    ),
    (
        r"WinError 206|Windows Long Path|File name too long|filename or extension is too long",
        TOO_LONG,
    ),
    (
        r"not yet valid|certificate has expired",
        N_("The network's certificate does not fit this machine's clock. Set date and time, then call start.py again."),
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError",
        N_(
            "Something between this machine and the package index (an antivirus program, the filter of a school or a "
            "company) opens the encrypted connection. Try another network, a phone's for example, or ask whoever "
            "looks after this one how pip gets through."
        ),
    ),
    (
        r"ProxyError|Tunnel connection failed|Cannot connect to proxy|407 Proxy",
        N_(
            "The proxy of this network did not let pip through. Ask for its address, set the environment variable "
            "HTTPS_PROXY to it (http://name:port), and call start.py again; or use another network."
        ),
    ),
    (
        r"name resolution|getaddrinfo failed|nodename nor servname|Name or service not known|No address associated"
        r"|Network is unreachable|No route to host|Failed to establish a new connection|NewConnectionError"
        r"|ConnectTimeout|ReadTimeout|timed out|Connection refused|Connection aborted|RemoteDisconnected"
        r"|IncompleteRead|ConnectionReset",
        N_(
            "There is no way to the package index: no network, or one that does not let it through. Connect this "
            "machine to the internet (a phone's network will do), then call start.py again: it goes on from here. "
            "Afterwards no network is needed."
        ),
    ),
    (
        r"Failed building wheel|Failed to build|Microsoft Visual C\+\+|error: command .*(gcc|cl\.exe|clang|rustc)"
        r"|metadata-generation-failed|subprocess-exited-with-error",
        N_(
            "A package is not made for this Python, and could not be built here. Install Python 3.12 (64 bit) from "
            "https://www.python.org/downloads/, delete the folder .venv, and call start.py with that one."
        ),
    ),
    (
        r"\(from versions: none\)",
        N_(
            "The package index shows nothing here. There is no network, or one in which one has to log in first: open any "
            "page in a browser and see. (Where the folder wheels or a setting of pip stands in for the internet: is it for "
            "this system and this version of Python?) Then call start.py again."
        ),
    ),
    (
        r"No matching distribution found|Could not find a version",
        N_(
            "A package is not made for this Python. Install Python 3.12 (64 bit) from https://www.python.org/downloads/, "
            "delete the folder .venv, and call start.py with that one."
        ),
    ),
    (
        r"Permission denied|WinError 5\b|Errno 13|WinError 32|being used by another process",
        N_(
            "A file of the environment could not be written. Close JupyterLab and whatever else runs from this folder, "
            "then call start.py again. If an antivirus program guards the folder, move the kit to another one."
        ),
    ),
)  # fmt: skip


def of_pip(said: list[str]) -> Stop:
    """Why the packages could not be installed; `said` is what pip did, line by line."""
    text = "\n".join(said)
    for pattern, sentence in REASONS:
        if re.search(pattern, text):
            return Stop(_("The packages could not be installed. ") + _(sentence))
    return Stop(_("The packages could not be installed. This is what pip said in the end:") + "\n" + _last(said))


def of_venv(said: list[str]) -> Stop:
    """Why there could be no environment."""
    return Stop(_("The environment .venv could not be made. This is what Python said in the end:") + "\n" + _last(said))


def of_error(error: OSError) -> Stop:
    """Why a file could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Stop(_(FULL))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Stop(_("{file} could not be written. ").format(file=error.filename or "?") + _(READ_ONLY))
    if error.errno == errno.ENAMETOOLONG:
        return Stop(_(TOO_LONG))
    return Stop(str(error))


def _last(said: list[str]) -> str:
    return "\n".join(line.rstrip() for line in said[-KEPT:])
