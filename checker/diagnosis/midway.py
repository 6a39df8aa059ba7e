"""Mistakes that show when receivers vanish while a message goes out."""

from __future__ import annotations

from checker.diagnosis.findings import Findings, names, placed
from checker.diagnosis.scene import Message
from checker.grading.model import Cause
from checker.texts import _


def broken_in_the_middle(f: Findings) -> Cause | None:
    """neighbour_skipped, send_error_ends_the_broadcast: some vanished while a message went out; others missed it, too.

    Rests on who missed it, in the order of joining: each next one after a vanished one (the list was changed while a loop
    went through it), or everybody after the first (the error ended the loop). Where both are the same people, an experiment
    decides: the first of those who are left vanishes, and is only the next one skipped? Not taken for it: a traceback in a
    send (see `exceptions`), and a program that does not come to rest.
    """
    vanished = [player for player in f.scene.players if player.how == "reset"]
    if not f.is_server or not f.runs or not vanished or f.uncaught:
        return None
    first = min(player.left or 0 for player in vanished)
    before = [message for message in f.scene.said if message.at < first]
    if not before or any(player.how != "reset" for player in f.scene.leavers):
        return None
    message = before[-1]
    order = [player.name for player in f.scene.players if player.joined < message.at]
    gone = [player.name for player in vanished]
    missed = f.missed_by(message)
    skipped, after = _next_ones(order, gone, message.who), _after_the_first(order, gone, message.who)
    if not missed or not f.evidence.options.get("schedule"):
        return None
    if missed == skipped == after:
        stays, one = _one_more(f, message)
        if one == stays == []:
            return None
        missed, skipped, after = one, stays[1:2], stays[1:]
    facts = {"gone": names(gone), "speaker": message.who, "missed": names(f.missed_by(message))}
    if missed == skipped and missed != after:
        place = f.sources.removed_in_a_loop()
        text = _(
            "{gone} vanished while what {speaker} said went out, and {missed}, who came right after one of them, got nothing: "
            "your program takes a dead client off the list that its loop is just going through. Loop over a copy: list(...)."
        )
        return placed("neighbour_skipped", text.format(**facts), place)
    if missed == after and missed != skipped:
        text = _(
            "{gone} vanished while what {speaker} said went out, and everybody after the first of them got nothing: one send "
            "that fails ends the whole loop. Put try and except OSError around each send, inside of the loop."
        )
        return placed("send_error_ends_the_broadcast", text.format(**facts), f.sources.sending_loop())
    return None


def _next_ones(order: list[str], gone: list[str], speaker: str) -> list[str]:
    """Who is skipped where a loop takes the vanished off the list that it goes through."""
    left, number, skipped = list(order), 0, []
    while number < len(left):
        if left[number] in gone:
            del left[number]
            if number < len(left) and left[number] != speaker:
                skipped.append(left[number])
        number += 1
    return [name for name in skipped if name not in gone]


def _after_the_first(order: list[str], gone: list[str], speaker: str) -> list[str]:
    first = min(order.index(name) for name in gone)
    return [name for name in order[first:] if name not in gone and name != speaker]


def _one_more(f: Findings, message: Message) -> tuple[list[str], list[str]]:
    """The first of those who are left vanishes while the same one speaks: who was left, and who missed it."""
    probe = f.evidence.probe
    left = [player.name for player in f.scene.others(message)]
    if probe is None or len(left) < 3 or f.scene.player(message.who) is None:
        return [], []
    heard = probe.speaks_while_one_vanishes(message.who, left[0])
    return left, [name for name in left[1:] if name not in heard]
