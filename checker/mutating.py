"""`author mutants`: plays every mutant of the solutions, and tells which of them no check catches."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from checker.authoring.mutation import Mutant, mutants
from checker.authoring.mutation_explained import Explanation, explained, explanations, stale
from checker.authoring.pool import How, Record, play_all
from checker.grading import rubric
from checker.grading.submission import AskedWrongly, select
from checker.report import outfile
from checker.texts import _, ngettext
from checker.workplace import kit_root

BOUND = 10.0
"""Seconds that a mutant has for each scene, unless --bound says otherwise: many never come to rest."""
INTERRUPTED = 130

Played = Record[Mutant]


@dataclass
class Findings:
    """What is known of the mutants so far: `all` there are, `told` of them, what was `played`."""

    all: list[Mutant]
    told: list[Explanation]
    played: list[Played] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def killed(self) -> list[Played]:
        """Those that lost points."""
        return [one for one in self.played if lost(one)]

    @property
    def errors(self) -> list[Played]:
        """Those that the checker itself failed at: no verdict."""
        return [one for one in self.played if failed(one)]

    @property
    def survivors(self) -> list[Played]:
        """Those that kept every point."""
        return [one for one in self.played if not lost(one) and not failed(one)]

    @property
    def unexplained(self) -> list[Played]:
        """Survivors that nothing says a word about: each is a hole."""
        return [one for one in self.survivors if explained(one.job, self.told) is None]

    @property
    def refuted(self) -> list[Played]:
        """Those that are said to be as right as the solution, and lost points."""
        return [one for one in self.killed if explained(one.job, self.told) is not None]

    @property
    def stale(self) -> list[Explanation]:
        """Explanations of what there is no more."""
        return stale(self.all, self.told)

    @property
    def status(self) -> int:
        """0 where every survivor is explained and every explanation holds; 3 the checker's own fault."""
        return 3 if self.errors else 1 if self.unexplained or self.refuted or self.stale else 0


def lost(played: Played) -> list[str]:
    """The checks that it lost, in the lab's order."""
    return [one.id for one in played.results if one.outcome == "failed"]


def failed(played: Played) -> bool:
    """Whether there is no verdict, by the checker's own fault."""
    return any(one.outcome == "error" for one in played.results)


def author_mutants(options: argparse.Namespace) -> int:
    """`author mutants`: returns the exit status, see `Findings.status`."""
    for given in (options.bound, options.jobs, options.at_once):
        if given is not None and given <= 0:
            raise AskedWrongly(_("--bound, --jobs and --at-once take a number greater than 0"))
    root = kit_root()
    labs = select(options.words, rubric.names()) or rubric.names()
    made = [one for lab in labs for one in mutants(root, lab)]
    chosen = [one for one in made if options.like is None or options.like in one.id]
    if options.list:
        for one in chosen:
            print(f"{one.id}  ({_('line {line}').format(line=one.line)})")
        return 0
    found = Findings(made, explanations(root / "tests" / "mutants", labs))
    ended = _play(found, chosen, options)
    out = sys.stderr if options.json == "-" else sys.stdout
    for line in summary(found):
        print(line, file=out)
    if options.json is not None:
        _write(found, options.json)
    if not ended:
        print(_("Interrupted: {count} were not played.").format(count=len(chosen) - len(found.played)), file=out)
    return found.status if ended else INTERRUPTED


def _play(found: Findings, chosen: Sequence[Mutant], options: argparse.Namespace) -> bool:
    """Play the chosen ones. False where Ctrl-C was pressed: what is known by then is known."""
    seed = How.seed if options.seed is None else options.seed
    how = How(seed=seed, bound=options.bound or BOUND, workers=options.jobs or How.workers)
    began = time.monotonic()
    try:
        with _progress(found, len(chosen)) as tell:
            for record in play_all(((one, 0) for one in chosen), kit_root(), how, options.at_once):
                found.played.append(record)
                tell(record)
    except KeyboardInterrupt:
        return False
    finally:
        found.seconds = time.monotonic() - began
        order = {one.id: number for number, one in enumerate(chosen)}
        found.played.sort(key=lambda record: order[record.job.id])
    return True


def in_a_line(played: Played) -> str:
    """What became of one."""
    if failed(played):
        return f"{_('ERROR')}     {played.job.id}"
    if lost(played):
        return f"{_('killed')}    {played.job.id}  ({lost(played)[0]})"
    return f"{_('survived')}  {played.job.id}"


@contextlib.contextmanager
def _progress(found: Findings, total: int) -> Iterator[Callable[[Played], None]]:
    """On a terminal a bar, with those above it that live and may not; elsewhere a line for each."""
    if not sys.stderr.isatty():
        yield lambda played: print(in_a_line(played), file=sys.stderr, flush=True)
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn(_("mutants")),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total)

        def tell(played: Played) -> None:
            if not lost(played) and explained(played.job, found.told) is None:
                bar.console.print(in_a_line(played), markup=False, highlight=False)
            bar.advance(task)

        yield tell


def summary(found: Findings) -> Iterator[str]:
    """All that is to be said in the end: what lives and why, what is wrong with what is told, and how many."""
    first = Counter(f"{one.job.lab} {lost(one)[0]}" for one in found.killed)
    yield from _part(_("Killed first by:"), [f"{count:5}  {check}" for check, count in first.items()])
    reasons = Counter(why for one in found.survivors if (why := explained(one.job, found.told)) is not None)
    yield from _part(_("Live, and may:"), [f"{count:5}  {why}" for why, count in reasons.most_common()])
    yield from _part(_("Explained, and there are no such mutants any more:"), _names(found.stale))
    refuted = [f"  {one.job.id}  ({', '.join(lost(one))})" for one in found.refuted]
    yield from _part(_("Explained, and lost points all the same:"), refuted)
    root = kit_root()
    yield from _part(_("The checker itself failed at:"), [f"  {one.job.id}" for one in found.errors])
    yield from _part(
        _("Live, and nobody says why:"), [one.job.id + "\n" + one.job.diff(root) for one in found.unexplained]
    )
    count = len(found.played)
    yield ngettext(
        "{count} mutant: {killed} killed, {live} live, of which {open} unexplained ({seconds:.0f} s).",
        "{count} mutants: {killed} killed, {live} live, of which {open} unexplained ({seconds:.0f} s).",
        count,
    ).format(
        count=count,
        killed=len(found.killed),
        live=len(found.survivors),
        open=len(found.unexplained),
        seconds=found.seconds,
    )


def _part(title: str, lines: Sequence[str]) -> list[str]:
    return [title, *lines, ""] if lines else []


def _names(told: Sequence[Explanation]) -> list[str]:
    return [f"  {one.lab}/{one.pattern}" for one in told]


def _write(found: Findings, path: str) -> None:
    root = kit_root()
    data = {
        "version": 1,
        "seconds": round(found.seconds, 1),
        "mutants": [
            {
                "id": one.job.id,
                "line": one.job.line,
                "outcome": "error" if failed(one) else "killed" if lost(one) else "survived",
                "lost": lost(one),
                "causes": sorted({result.cause.id for result in one.results if result.cause is not None}),
                "explained": explained(one.job, found.told),
                "seconds": round(one.seconds, 2),
                "diff": one.job.diff(root),
            }
            for one in found.played
        ],
        "stale": [f"{one.lab}/{one.pattern}" for one in found.stale],
    }
    try:
        outfile.write((json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode(), path)
    except OSError as error:
        raise AskedWrongly(_("the result could not be written: {error}").format(error=error)) from None
