"""What a notebook has to be, as far as a program can tell: each rule is a function from a notebook to complaints.

`python tests/notebook_rules.py` prints the figures of every notebook, and whatever breaks a rule: then its exit status is 1.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator

import notebook_reach
from nbformat.validator import iter_validate
from notebook_file import FENCE, Notebook, Rule, notebooks

FEWEST_CELLS, MOST_CELLS = 25, 40
MOST_CODE_LINES = 15
MOST_COLUMNS = 79
MOST_WORDS = 100  # the aim is 80
FEWEST_STEPS = 3
SECTIONS = ("Your turn", "Reflect", "Summary", "Further")

LABEL = re.compile(r"^[>\s]*(?:#{2,6}\s*|(?:[-*]\s+)?\*\*)(Predict|Explain|Change it)\b", re.MULTILINE)
ITEM = re.compile(r"[ \t]*(?:[-*]|\d+\.)[ \t]")
WORDS = re.compile(r"(?=.*[g-z_-])[a-z]{2,}(?:-[a-z0-9]+)*")
"""Words with hyphens between; one letter at least that is no hexadecimal digit: else it may be a number by chance."""


# The file


def is_valid(notebook: Notebook) -> Iterator[str]:
    """nbformat 4.5, and valid."""
    version = (notebook.node.nbformat, notebook.node.nbformat_minor)
    if version != (4, 5):
        yield f"it is nbformat {version[0]}.{version[1]}, not 4.5"
    for error in iter_validate(notebook.node):  # `validate` would mend it as well
        yield f"it is not valid: {error}"


def has_not_been_run(notebook: Notebook) -> Iterator[str]:
    """No outputs, no execution counts."""
    for cell in notebook.code:
        if cell.node.outputs or cell.node.execution_count is not None:
            yield f"{cell.name} has outputs or an execution count: clear them"


def says_little_about_itself(notebook: Notebook) -> Iterator[str]:
    """A kernel named python3, the language; of cells the tags."""
    metadata = notebook.node.metadata
    if metadata.get("kernelspec", {}).get("name") != "python3":
        yield "its kernel is not python3"
    if more := set(metadata) - {"kernelspec", "language_info"}:
        yield f"its metadata has {sorted(more)}"
    if more := set(metadata.get("language_info", {})) - {"name"}:
        yield f"its language_info has {sorted(more)}, which the next machine would change"
    for cell in notebook.cells:
        if more := set(cell.node.metadata) - {"tags"}:
            yield f"{cell.name}: its metadata has {sorted(more)}"


def has_words_for_ids(notebook: Notebook) -> Iterator[str]:
    """Stable ids that say what a cell is, each once."""
    ids = [str(cell.node.get("id", "")) for cell in notebook.cells]
    for cell, name in zip(notebook.cells, ids, strict=True):
        if not WORDS.fullmatch(name):
            yield f"{cell.name}: its id is not made of words"
    for name in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"the id {name} is there {ids.count(name)} times"


# Its measure


def has_some_cells_and_not_too_many(notebook: Notebook) -> Iterator[str]:
    """25 to 40."""
    if not FEWEST_CELLS <= len(notebook.cells) <= MOST_CELLS:
        yield f"it has {len(notebook.cells)} cells: {FEWEST_CELLS} to {MOST_CELLS} are asked for"


def has_short_code(notebook: Notebook) -> Iterator[str]:
    """Cells, and blocks of code in Markdown, of 15 lines and 79 columns at most."""
    blocks = [(cell.name, cell.source) for cell in notebook.code]
    blocks += [(cell.name, block[2]) for cell in notebook.prose for block in FENCE.findall(cell.source)]
    for name, source in blocks:
        lines = source.splitlines()
        if len(lines) > MOST_CODE_LINES:
            yield f"{name} has {len(lines)} lines of code: {MOST_CODE_LINES} at most"
        for number, line in enumerate(lines, 1):
            if len(line) > MOST_COLUMNS:
                yield f"{name}, line {number} has {len(line)} columns: {MOST_COLUMNS} at most"


def has_short_texts(notebook: Notebook) -> Iterator[str]:
    """Markdown cells of 100 words at most."""
    for cell in notebook.prose:
        if cell.words > MOST_WORDS:
            yield f"{cell.name} has {cell.words} words: {MOST_WORDS} at most"


# Its order


def begins_as_they_all_do(notebook: Notebook) -> Iterator[str]:
    """The first cell has the title, the minutes, and what one will be able to do."""
    first = notebook.cells[0]
    if first.is_code or not first.source.startswith("# "):
        yield "its first cell does not begin with its title (# Title)"
    if not re.search(r"\d\s+minutes", first.source):
        yield "its first cell does not say how many minutes are needed"
    count = 0
    for line in first.source.partition("You will be able to")[2].splitlines()[1:]:
        if ITEM.match(line):
            count += 1
        elif count and line and not line[0].isspace():  # what stands below the list
            break
    if not 3 <= count <= 5:
        yield f'its first cell has {count} lines below "You will be able to": 3 to 5 are asked for'


def leads_on(notebook: Notebook) -> Iterator[str]:
    """The first cell links to the notebook before and the one after."""
    at = notebook.names.index(notebook.name)
    for name in (*notebook.names[max(at - 1, 0) : at], *notebook.names[at + 1 : at + 2]):
        if name not in notebook.cells[0].links:
            yield f"its first cell has no link to {name}"


def sets_up_and_clears_away(notebook: Notebook) -> Iterator[str]:
    """The second cell is the set-up, the last proves that nothing is left."""
    second, last = notebook.cells[1], notebook.cells[-1]
    if not second.is_code or not second.source.startswith("%load_ext checker.notebook"):
        yield "its second cell does not begin with %load_ext checker.notebook"
    if not last.is_code or last.source.strip() != "nothing_is_left()":
        yield "its last cell is not nothing_is_left()"


def has_headings_in_order(notebook: Notebook) -> Iterator[str]:
    """One `#`, in the first cell; none skips a level."""
    before = 0
    for level, text, cell in notebook.headings:
        if level == 1 and before:
            yield f"{cell.name}: # {text} is a second title"
        if level > before + 1:
            yield f"{cell.name}: {'#' * level} {text} skips a level"
        before = level


def ends_as_they_all_do(notebook: Notebook) -> Iterator[str]:
    """Your turn, Reflect with folded answers, Summary, Further: in this order."""
    places = [notebook.section(title) for title in SECTIONS]
    for title, place in zip(SECTIONS, places, strict=True):
        if place is None:
            yield f"it has no section ## {title}"
    there = [place for place in places if place is not None]
    if there != sorted(there):
        yield f"its last sections are not in the order {', '.join(SECTIONS)}"
    _turn, reflect, summary, _further = places
    if reflect is not None and summary is not None and reflect < summary:
        folded = sum(cell.source.count("<details>") for cell in notebook.cells[reflect:summary])
        if not 3 <= folded <= 4:
            yield f"it has {folded} folded answers (<details>) below Reflect: 3 or 4 are asked for"
    for cell in notebook.prose:
        if cell.source.count("<details>") != cell.source.count("</details>"):
            yield f"{cell.name}: a <details> is not closed"


def keeps_the_rhythm(notebook: Notebook) -> Iterator[str]:
    """Each step has Predict, a cell to run, Explain, Change it; a step may have several cells to run."""
    steps: list[list[str]] = []
    for cell in notebook.cells[: notebook.section("Your turn")]:
        for part in ["Run"] if cell.is_code else LABEL.findall(cell.plain):
            if part == "Predict":
                steps.append([cell.name])
            elif steps:
                steps[-1].append(part)
    if len(steps) < FEWEST_STEPS:
        yield f"it has {len(steps)} steps that begin with **Predict**: {FEWEST_STEPS} at least"
    for name, *parts in steps:
        if list(dict.fromkeys(parts)) != ["Run", "Explain", "Change it"]:
            yield f"the step that begins at {name} goes on {', '.join(parts)}: Run, Explain, Change it are asked for"


def answers_why(notebook: Notebook) -> Iterator[str]:
    """Where **Change it** asks for a reason, which no output tells, the answer is below it, folded."""
    for cell in notebook.prose:
        changed = cell.source.partition("**Change it")[2].partition("\n#")[0]  # what follows a heading is the next step
        if re.search(r"\bwhy\b[^.?]*\?", changed, re.IGNORECASE) and "<details>" not in changed:
            yield f"{cell.name} asks why, and has no folded answer (<details>)"


def checks_its_lab(notebook: Notebook) -> Iterator[str]:
    """From 01 on, below "Your turn", a cell `%check N`."""
    below = notebook.cells[notebook.section("Your turn") or 0 :]
    wanted = rf"^%check {notebook.number}\b"
    if notebook.number and not any(cell.is_code and re.search(wanted, cell.source, re.MULTILINE) for cell in below):
        yield f"it has no cell with %check {notebook.number} below Your turn"


RULES: tuple[Rule, ...] = (
    is_valid,
    has_not_been_run,
    says_little_about_itself,
    has_words_for_ids,
    has_some_cells_and_not_too_many,
    has_short_code,
    has_short_texts,
    begins_as_they_all_do,
    leads_on,
    sets_up_and_clears_away,
    has_headings_in_order,
    ends_as_they_all_do,
    keeps_the_rhythm,
    answers_why,
    checks_its_lab,
    notebook_reach.links_to_what_there_is,
    notebook_reach.says_what_a_picture_shows,
    notebook_reach.loads_nothing,
    notebook_reach.waits_for_nobody,
    notebook_reach.stays_on_loopback,
)


def _figures(notebook: Notebook) -> str:
    lines = sum(len(cell.source.splitlines()) for cell in notebook.code)
    words = [cell.words for cell in notebook.prose]
    counts = f"{len(notebook.cells):6}{len(notebook.code):6}{lines:7}{sum(words):7}{max(words, default=0):9}"
    return f"{notebook.name:24}{counts}"


def main() -> int:
    """Figures first, then complaints. Returns the exit status: 1 where there is any."""
    about = "Print the figures of every notebook, and whatever breaks a rule: exit status 1 where anything does."
    argparse.ArgumentParser(description=about).parse_args()
    faults = 0
    books = [Notebook.read(path) for path in notebooks()]
    print(f"{'':24}{'cells':>6}{'code':>6}{'lines':>7}{'words':>7}{'longest':>9}")
    for book in books:
        print(_figures(book))
    for book in books:
        for rule in RULES:
            for complaint in rule(book):
                print(f"{book.name}: {complaint}")
                faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
