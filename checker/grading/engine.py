"""Runs the checks of a lab on a submission and hands each result on as soon as it is there."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from checker.grading.casting import Cast
from checker.grading.model import CheckResult, Text
from checker.grading.remarks import hopeless, remarks
from checker.grading.rubric import Check, Lab
from checker.grading.turns import Turns, met_others
from checker.stage import containment
from checker.stage.containment import Starter
from checker.stage.failure import Failed
from checker.stage.stage import Settings
from checker.texts import _


@dataclass
class Engine:
    """One run of the checker: settings, what starts programs, and how many checks are played at once (0: as many as is
    best here)."""

    settings: Settings
    starter: Starter
    workers: int = 0

    def __post_init__(self) -> None:
        self.workers = self.workers or containment.choose(self.settings).workers
        self._turns = Turns()
        self._stray: set[Path] = set()
        self._hopeless: dict[Path, str] = {}
        self.remarks: list[str] = []

    def stop(self) -> None:
        """Have every scene that is being played end at once (the run was interrupted)."""
        self.settings.stop.set()

    def not_played(self, lab: Lab, check: Check) -> CheckResult:
        """The record of a check that could not be played because its program is not there."""
        return _result(lab, check, "skipped", skipped_because=" ".join(f"{one}.py" for one in _programs(lab, check)))

    def run(self, lab: Lab, files: dict[str, Path], only: set[str] | None = None) -> Iterator[CheckResult]:
        """Yield the results of `lab` in its own order. `files` maps "server" and "client" to what is to be judged; a check
        whose program is not there is skipped. Of `only` some, what they build on is played too, and not handed on."""
        for result in self._run(lab, files, _with_prerequisites(lab, only)):
            if only is None or result.id in only:
                yield result

    def _run(self, lab: Lab, files: dict[str, Path], ids: set[str]) -> Iterator[CheckResult]:
        chosen = [check for check in lab.checks if check.id in ids]
        results: dict[str, CheckResult] = {}
        handed = 0
        with ThreadPoolExecutor(self.workers) as pool:
            running: dict[Future[CheckResult], Check] = {}
            waiting = list(chosen)
            try:
                while handed < len(chosen):
                    for check in self._ready(waiting, results, chosen):
                        waiting.remove(check)
                        blocked = self._blocked(check, results, lab, files)
                        if blocked is not None:
                            results[check.id] = blocked
                        else:
                            running[pool.submit(self.play, lab, check, files)] = check
                    while handed < len(chosen) and chosen[handed].id in results:
                        yield results[chosen[handed].id]
                        handed += 1
                    if running:
                        done, _pending = wait(running, return_when=FIRST_COMPLETED)
                        for future in done:
                            results[running.pop(future).id] = future.result()
            except BaseException:
                self.stop()
                pool.shutdown(cancel_futures=True)
                raise

    def _ready(self, waiting: list[Check], results: dict[str, CheckResult], chosen: list[Check]) -> list[Check]:
        ids = {check.id for check in chosen}
        return [check for check in waiting if all(one in results for one in check.after if one in ids)]

    def _blocked(
        self, check: Check, results: dict[str, CheckResult], lab: Lab, files: dict[str, Path]
    ) -> CheckResult | None:
        for one in check.after:
            if one in results and results[one].outcome != "passed":
                return _result(lab, check, "skipped", skipped_because=one)
        for program in _programs(lab, check):
            if program not in files:
                return _result(lab, check, "skipped", skipped_because=f"{program}.py")
        return None

    def play(self, lab: Lab, check: Check, files: dict[str, Path]) -> CheckResult:
        """Play one check, whatever it builds on, and judge it: once more and alone where it may have met another one, or
        where something ended the fork server meanwhile. A program that does so again when it is alone has done it.

        Of a program that prints without end, or the like, before anybody has done anything to it no further check is
        played: each would take as long and say the same.
        """
        programs = _programs(lab, check)
        known = next((self._hopeless[files[one]] for one in programs if files[one] in self._hopeless), None)
        if known is not None and check.evidence != "text":
            result = _result(lab, check, "failed")
            _failed(result, Failed(known), check)
            return result
        if not self._stray.intersection(files.values()):
            with self._turns.together():
                lives = self.starter.lives
                result, met = self._play(lab, check, files)
                killed = self.starter.lives != lives
            if not met and not killed:
                return result
            if met:
                self._stray.update(files.values())
        with self._turns.alone():
            lives = self.starter.lives
            result = self._play(lab, check, files)[0]
            if self.starter.lives != lives:
                _failed(result, Failed(_("Your program ended a process of the checker's: it may end only its own.")), check)
            return result

    def _play(self, lab: Lab, check: Check, files: dict[str, Path]) -> tuple[CheckResult, bool]:
        began = time.monotonic()
        cast = Cast(self.starter, self.settings, f"{lab.name} {check.id}", files)
        result = _result(lab, check, "passed", points=check.points)
        try:
            self._act(cast, check)
        except Failed as failure:
            _failed(result, failure, check)
            if cast.opened is not None:
                cast.opened.timeline.add("checker", "verdict", text=failure.message)
            self._hopeless.update((file, failure.message) for file in hopeless(cast.opened))
        except Exception:
            # Not a verdict: the checker's own mistake, shown loudly, and no grade rests on it.
            result.outcome, result.points = "error", 0
            result.message = _("The checker itself failed:") + "\n" + traceback.format_exc()
        finally:
            try:
                _evidence(result, cast, lab)
            except Exception:  # the verdict stands without it; the run may have been interrupted meanwhile
                cast.notes.append(_("The checker could not say more about this:") + "\n" + traceback.format_exc())
            finally:
                cast.close()
        result.note = "\n".join(cast.notes) or None
        if cast.opened is not None:
            self.remarks += (one for one in remarks(cast.opened, lab) if one not in self.remarks)
        result.seconds = time.monotonic() - began
        return result, met_others(cast.opened)

    def _act(self, cast: Cast, check: Check) -> None:
        try:
            check.scene(**{name: cast.give(name) for name in check.needs})
        except Failed as failure:
            flooded = [program for program in (cast.opened.programs if cast.opened else []) if program.flooded]
            if flooded:
                raise Failed(flooded[0].explain_end()) from failure
            raise


def _with_prerequisites(lab: Lab, only: set[str] | None) -> set[str]:
    if only is None:
        return {check.id for check in lab.checks}
    wanted, waiting = set(only), list(only)
    while waiting:
        for one in lab.check(waiting.pop()).after:
            if one not in wanted:
                wanted.add(one)
                waiting.append(one)
    return wanted


def _programs(lab: Lab, check: Check) -> list[str]:
    """Which of the lab's programs a check plays with: all, unless the lab tells them apart."""
    told: Callable[[str], tuple[str, ...]] | None = getattr(lab.module, "programs_of", None)
    return list(lab.programs if told is None else told(check.id))


def _result(
    lab: Lab, check: Check, outcome: str, *, points: int = 0, skipped_because: str | None = None
) -> CheckResult:
    return CheckResult(
        id=check.id,
        title=_(check.title),
        outcome=outcome,  # type: ignore[arg-type]
        points=points,
        max=check.points,
        evidence=check.evidence,
        skipped_because=skipped_because,
        read=lab.read,
    )


def _failed(result: CheckResult, failure: Failed, check: Check) -> None:
    result.outcome, result.points = "failed", 0
    result.message = failure.message
    result.expected = None if failure.expected is None else Text.of(failure.expected)
    result.got = None if failure.got is None else Text.of(failure.got)
    result.hint = _(check.hints[0])


def _evidence(result: CheckResult, cast: Cast, lab: Lab) -> None:
    """What is needed to understand the verdict: how it ended, the timeline, the program's last output, its threads."""
    stage = cast.opened
    if stage is None:
        return
    result.ended_by = stage.ended_by
    if result.outcome == "passed":
        result.timeline = stage.timeline.as_json()
        return
    from checker.diagnosis.causes import likely_cause
    from checker.grading.autopsy import evidence_of, is_busy, judged, last_words
    from checker.grading.threads import where

    result.timeline = stage.timeline.as_json()
    last_words(stage)
    busy = is_busy(stage)
    result.threads = [thread for program in stage.programs for thread in where(program)]
    result.output = Text.of(judged(stage).printed) if stage.programs else None
    evidence = evidence_of(stage, result, lab.name, busy) if result.outcome == "failed" else None
    if evidence is not None:
        result.cause = likely_cause(evidence, lab.no_mistakes)
