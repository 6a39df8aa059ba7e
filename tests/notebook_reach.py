"""Rules about what a notebook leads to, what it loads, and what its cells do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from notebook_file import Notebook

LOOPBACK = ("127.0.0.1", "127.0.0.2", "localhost", "::1")
LISTENS = ("bind", "create_server")
CONNECTS = ("connect", "connect_ex", "create_connection")

PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)|<img\b([^>]*)>", re.IGNORECASE)
ALT = re.compile(r"\balt\s*=\s*[\"']\s*[^\"'\s]", re.IGNORECASE)
LOADS = re.compile(
    r"!\[[^\]]*\]\(\s*(?:https?:)?//|<(?:script|iframe|link|object|embed|video|audio)\b|"
    r"\bsrc\s*=\s*[\"']?(?:https?:)?//|@import|url\(\s*[\"']?(?:https?:)?//",
    re.IGNORECASE,
)
MERMAID = re.compile(r"^(?:```+|~~~+)\s*mermaid", re.IGNORECASE | re.MULTILINE)
CODE_LOADS = re.compile(
    r"https?://|\b(?:urllib\.request|http\.client|requests|aiohttp|httpx)\b|^\s*%(?:pip|conda)\b|"
    r"^\s*!.*\b(?:pip|conda|curl|wget)\b",
    re.MULTILINE,
)


def links_to_what_there_is(notebook: Notebook) -> Iterator[str]:
    """Local links lead to files of the kit, by relative paths; links within it to its headings."""
    anchors = {form for _level, text, _cell in notebook.headings for form in _anchors(text)}
    for cell in notebook.prose:
        for link in cell.links:
            path, _mark, anchor = link.partition("#")
            if not path and anchor not in anchors:
                yield f"{cell.name}: no heading has the anchor #{anchor}"
            if not path or re.match(r"(https?|mailto):", link):
                continue
            target = (notebook.folder / path).resolve()
            if not target.exists() or notebook.folder.resolve().parent not in target.parents:
                yield f"{cell.name}: {path} is not there"


def _anchors(heading: str) -> tuple[str, str]:
    """As JupyterLab makes them, and as GitHub does."""
    text = re.sub(r"[`*_]", "", heading)
    return text.replace(" ", "-"), re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def says_what_a_picture_shows(notebook: Notebook) -> Iterator[str]:
    """Each picture has an alternative text."""
    for cell in notebook.prose:
        for alt, attributes in PICTURE.findall(cell.plain):
            if not alt.strip() and not ALT.search(attributes):
                yield f"{cell.name}: a picture has no alternative text"


def loads_nothing(notebook: Notebook) -> Iterator[str]:
    """Nothing comes from the network; no scripts, no Mermaid. A link in a text loads nothing until it is followed."""
    for cell in notebook.cells:
        found = [*LOADS.finditer(cell.source if cell.is_code else cell.plain)]
        found += CODE_LOADS.finditer(cell.source) if cell.is_code else MERMAID.finditer(cell.source)
        for one in found:
            yield f"{cell.name}: {one[0].strip()} would load from the network, or run a script"


def waits_for_nobody(notebook: Notebook) -> Iterator[str]:
    """No sleep; no input() but in the functions of a program that is typed into."""
    for cell in notebook.code:
        for node, inside in cell.nodes:
            if not isinstance(node, ast.Call):
                continue
            if _called(node) == "sleep":
                yield f"{cell.name}: a cell does not sleep"
            if _called(node) == "input" and not inside:
                yield f"{cell.name}: nobody is there to answer input()"


def stays_on_loopback(notebook: Notebook) -> Iterator[str]:
    """Servers take port 0; nothing is bound to, or connected with, another machine."""
    for cell in notebook.code:
        for node, _inside in cell.nodes:
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Tuple):
                continue
            name = _called(node)
            parts = [part.value if isinstance(part, ast.Constant) else None for part in node.args[0].elts]
            host, port = (*parts, None, None)[:2]
            if name in LISTENS and port not in (0, None):
                yield f"{cell.name}: a server is given port {port}: 0 is asked for"
            if name in (*LISTENS, *CONNECTS) and host not in (*LOOPBACK, None):
                yield f"{cell.name}: {name}() goes to {host!r}, not to loopback"


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
