"""A notebook made by hand that breaks no rule, and what breaks each of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_file import Notebook

NAMES = ("02_before.ipynb", "03_made.ipynb", "04_after.ipynb")
STEPS = ("one", "two", "three", "four", "five", "six")

TITLE = """# 3. A notebook

It promises something.

About 40 minutes.

**You will be able to**

- do this;
- do that, which takes
  two lines;
- do the rest.

[before](02_before.ipynb) · [after](04_after.ipynb)"""

EXPLAIN = """**Explain.** It came.

**Change it.** Take another. Why does it not come?

<details><summary>Answer</summary>It is another.</details>"""

REFLECT = """## Reflect

1. Why?

   <details><summary>Answer</summary>So.</details>

2. How?

   <details><summary>Answer</summary>Thus.</details>

3. When?

   <details><summary>Answer</summary>Now.</details>"""

SUMMARY = """## Summary

[The kit](https://example.org/kit), [the lab](../labs/server.py), [the first step](#Step-one).

![two programs, an arrow between them](picture.png) <img src="picture.png" alt="the same">

## Further

`import urllib.request` is not for cells, and neither are `time.sleep(1)` and `[no link](nowhere)`."""

CLIENT = """def start_client(host, port):
    connection = socket.create_connection((host, port))
    connection.sendall(input("> ").encode())

with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname())"""


def _cell(name: str, source: str, *, code: bool = False) -> Any:
    cell = new_code_cell(source) if code else new_markdown_cell(source)
    cell["id"] = name
    return cell


def right(folder: Path) -> Notebook:
    """A notebook that breaks no rule, in a folder that has what it links to."""
    for path in ("notebooks/picture.png", "labs/server.py", *(f"notebooks/{name}" for name in NAMES)):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).touch()
    cells = [_cell("title", TITLE), _cell("set-up", "%load_ext checker.notebook\nimport socket", code=True)]
    for step in STEPS:
        cells += [
            _cell(f"predict-{step}", f"## Step {step}\n\n**Predict.** What comes?"),
            _cell(f"run-{step}", CLIENT, code=True),
            _cell(f"explain-{step}", EXPLAIN),
        ]
    cells += [
        _cell("your-turn", "## Your turn: the lab\n\nSave first."),
        _cell("check", "%check 3", code=True),
        _cell("reflect", REFLECT),
        _cell("summary", SUMMARY),
        _cell("nothing-is-left", "nothing_is_left()", code=True),
    ]
    node = new_notebook(cells=cells)
    node.nbformat_minor = 5
    node.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    return Notebook(NAMES[1], folder / "notebooks", NAMES, node)


Spoil = Callable[[Any], None]
"""Changes a notebook's node for the worse."""


def at(node: Any, name: str) -> Any:
    """The cell with the id `name`."""
    return next(cell for cell in node.cells if cell["id"] == name)


def _in(name: str, old: str, new: str) -> Spoil:
    def spoil(node: Any) -> None:
        cell = at(node, name)
        assert old in cell.source
        cell.source = cell.source.replace(old, new, 1)

    return spoil


def _add(name: str, text: str) -> Spoil:
    def spoil(node: Any) -> None:
        at(node, name).source += text

    return spoil


def _without(*names: str) -> Spoil:
    def spoil(node: Any) -> None:
        node.cells = [cell for cell in node.cells if cell["id"] not in names]

    return spoil


def _more_cells(node: Any) -> None:
    node.cells[2:2] = [_cell(f"more-{word}", "More.") for word in "abcdefghijklmnop"]


def _swapped(node: Any) -> None:
    reflect, summary = node.cells[-3:-1]
    node.cells[-3:-1] = [summary, reflect]


def _not_code(name: str) -> Spoil:
    def spoil(node: Any) -> None:
        node.cells[node.cells.index(at(node, name))] = _cell(name, "What comes is told in words.")

    return spoil


def _no_predictions(node: Any) -> None:
    for step in STEPS[:4]:
        _in(f"predict-{step}", "**Predict.** ", "")(node)


def _set(path: str, value: Any, name: str | None = None) -> Spoil:
    """Sets what `path` names, with dots between, in the cell called `name`, or in the notebook itself."""

    def spoil(node: Any) -> None:
        target = node if name is None else at(node, name)
        *way, last = path.split(".")
        for part in way:
            target = target[part]
        target[last] = value

    return spoil


OUTPUT = nbformat.from_dict({"output_type": "stream", "name": "stdout", "text": "Hi!"})

SPOILED: dict[str, tuple[Spoil, ...]] = {
    "is_valid": (_set("nbformat_minor", 4), _set("metadata.kernelspec.display_name", 3)),
    "has_not_been_run": (_set("execution_count", 1, "run-one"), _set("outputs", [OUTPUT], "run-one")),
    "says_little_about_itself": (
        _set("metadata.kernelspec.name", "my-python"),
        _set("metadata.authors", []),
        _set("metadata.language_info.version", "3.11.7"),
        _set("metadata.collapsed", True, "run-one"),
    ),
    "has_words_for_ids": (
        _set("id", "0c1d2e3f", "run-one"),
        _set("id", "deadbeef", "run-one"),
        _set("id", "Run_One", "run-one"),
        _set("id", "run-two", "run-one"),
    ),
    "has_some_cells_and_not_too_many": (_more_cells, _without("predict-two", "run-two", "explain-two")),
    "has_short_code": (
        _set("source", "pass\n" * 16, "run-one"),
        _set("source", "x = '" + "x" * 74 + "'", "run-one"),
        _add("explain-one", "\n\n```python\n" + "pass\n" * 16 + "```"),
    ),
    "has_short_texts": (_add("predict-one", " word" * 96), _add("explain-one", " `code`" * 96)),
    "begins_as_they_all_do": (
        _in("title", "40 minutes", "a while"),
        _in("title", "- do this;\n", ""),
        _in("title", "You will be able to", "You will see"),
        _in("title", "# 3.", "Now:\n\n# 3."),
        _in("title", "- do the rest.", "- do the rest;\n- a;\n- b;\n- c."),
    ),
    "leads_on": (_in("title", "02_before", "03_made"), _in("title", "[after](04_after.ipynb)", "04_after.ipynb")),
    "sets_up_and_clears_away": (
        _in("set-up", "%load_ext checker.notebook\n", ""),
        _set("source", "print('done')", "nothing-is-left"),
    ),
    "has_headings_in_order": (_in("predict-one", "## Step", "# Step"), _in("predict-two", "## Step", "#### Step")),
    "ends_as_they_all_do": (
        _in("reflect", "## Reflect", "## Think"),
        _swapped,
        _in("reflect", "<details><summary>Answer</summary>So.</details>", "So."),
        _in("reflect", "</details>", ""),
    ),
    "keeps_the_rhythm": (
        _in("explain-one", "**Change it.**", ""),
        _in("explain-two", "**Explain.**", ""),
        _set("source", "**Change it.** Take another.\n\n**Explain.** It came.", "explain-two"),
        _not_code("run-three"),
        _no_predictions,
    ),
    "answers_why": (
        _in("explain-one", "<details><summary>Answer</summary>It is another.</details>", ""),
        _in("explain-one", "<details>", "### More\n\n<details>"),
    ),
    "checks_its_lab": (_in("check", "%check 3", "%check 4"), _in("check", "%check 3", "# %check 3")),
    "links_to_what_there_is": (
        _in("summary", "../labs/server.py", "../labs/nowhere.py"),
        _in("summary", "#Step-one", "#Step-none"),
        _in("summary", "../labs/server.py", "/etc/passwd"),
        _add("summary", '\n\n<a href="nowhere.ipynb">there</a>'),
    ),
    "says_what_a_picture_shows": (
        _in("summary", "two programs, an arrow between them", " "),
        _in("summary", ' alt="the same"', ""),
        _in("summary", ' alt="the same"', ' alt=""'),
    ),
    "loads_nothing": (
        _in("summary", "(picture.png)", "(https://example.org/picture.png)"),
        _in("summary", 'src="picture.png"', 'src="//example.org/picture.png"'),
        _add("summary", "\n\n<script>alert(1)</script>"),
        _add("summary", "\n\n```mermaid\ngraph LR\n```"),
        _add("run-one", "\nimport urllib.request"),
        _add("run-one", "\n%pip install something"),
        _add("run-one", "\n!curl -O something"),
        _add("run-one", "\nImage(url='http://example.org/picture.png')"),
    ),
    "waits_for_nobody": (_add("run-one", "\ntime.sleep(1)"), _add("run-one", "\nname = input()")),
    "stays_on_loopback": (
        _in("run-one", '("127.0.0.1", 0)', '("127.0.0.1", 12345)'),
        _in("run-one", '("127.0.0.1", 0)', '("0.0.0.0", 0)'),
        _in("run-one", '("127.0.0.1", 0)', '("", 0)'),
        _in("run-one", "connection((host, port))", 'connection(("example.org", port))'),
    ),
}
"""For each rule what breaks it, and no other."""
