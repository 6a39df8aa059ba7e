"""Mistakes with letters: the wrong encoding, bytes shown as they are, letters counted for bytes."""

from __future__ import annotations

from checker.diagnosis.findings import Findings, placed
from checker.facts import Text
from checker.grading.model import Cause
from checker.texts import _

SINGLE_BYTE = ("latin-1", "cp1252", "cp1251", "cp866", "koi8-r")
LOST = "\N{REPLACEMENT CHARACTER}"


def letters(f: Findings) -> Cause | None:
    """raw_bytes_shown, wrong_encoding, letter_cut_in_half: letters of other alphabets came out as something else.

    Rests on what was expected and what came: the same bytes written out (b'...'), the same bytes read by a code with one byte
    a letter, the letters dropped or replaced one for one, or U+FFFD in the place of some letters while others are whole (then
    it is where a letter was cut that it stands). Not taken for it: anything else that was changed.
    """
    expected, got = f.result.expected, f.result.got
    if expected is None or got is None or expected.text in got.text:
        return None
    wanted = expected.text
    if (shown := _as_bytes(wanted)) is not None and shown in got.text:
        text = _(
            "The bytes were shown as they are, as Python writes them (b'...'): they were not decoded. Make text of them "
            'before you show them: data.decode("utf-8").'
        )
        return Cause("raw_bytes_shown", text)
    if wanted.isascii():
        return None
    for name in SINGLE_BYTE:
        try:
            misread = wanted.encode().decode(name)
        except UnicodeDecodeError:
            continue
        if misread in got.text:
            letter = next(one for one in wanted if not one.isascii())
            text = _(
                "UTF-8 was read as {name}: {letter} became {many}, a letter of its own for each byte. Use "
                '"utf-8" in every encode() and decode(), and nothing else.'
            )
            facts = {"name": name, "letter": letter, "many": Text.of(letter.encode().decode(name)).escaped}
            return _wrong(f, text.format(**facts))
    if (found := _without_letters(wanted, got.text)) is not None:
        text = _(
            "Letters that ASCII does not have were {lost} on the way. ASCII knows 128 characters: use "
            '"utf-8" in every encode() and decode(), and no errors="ignore".'
        )
        return _wrong(f, text.format(lost=found))
    if _cut(wanted, got.text):
        text = _(
            "A letter was cut in half: its bytes came with two recv(), and each half alone became {lost}. Keep what is left of "
            "a letter for the next time (codecs.getincrementaldecoder), or decode nothing on the way."
        )
        return Cause("letter_cut_in_half", text.format(lost=LOST))
    return None


def _as_bytes(wanted: str) -> str | None:
    """How Python writes the bytes of a text, without the quotation marks around."""
    return repr(wanted.encode())[2:-1] if wanted else None


def _without_letters(wanted: str, got: str) -> str | None:
    """What became of the letters that are not ASCII, where each shared the same fate and all else is there."""
    fates = {
        "".join(one for one in wanted if one.isascii()): _("dropped"),
        "".join(one if one.isascii() else "?" for one in wanted): _("replaced by question marks"),
        "".join(one if one.isascii() else LOST * len(one.encode()) for one in wanted): _("replaced by U+FFFD"),
        wanted.encode("ascii", "backslashreplace").decode(): _("written as escapes"),
    }
    for text, fate in fates.items():
        if len(text.strip()) > 3 and text in got:
            return fate
    return None


def _cut(wanted: str, got: str) -> bool:
    """Whether some letters are whole and halves of others were lost."""
    whole = {one for one in wanted if not one.isascii()} & set(got)
    return LOST in got and bool(whole)


def _wrong(f: Findings, text: str) -> Cause:
    """The line is told where the files have only one call that could be meant."""
    place = f.sources.codec()
    return placed("wrong_encoding", text, place)


def letters_counted_for_bytes(f: Findings) -> Cause | None:
    """A client takes as many bytes as there were letters, and the rest of the answer stays in the socket.

    Rests on the sizes: of the answer to a typed line as many bytes were taken in as the line has letters, fewer than bytes.
    """
    typed, missing = f.scene.me.said, f.scene.missing
    room = f.scene.player("room")
    if f.is_server or not typed or room is None or not room.said or missing is None or not f.evidence.proved:
        return None
    line, answer = typed[-1], room.said[-1]
    connection = f.connection("room")
    if connection is None or not connection.unread or missing.data not in answer.data or answer.at < line.at:
        return None
    taken, letters_ = answer.size - connection.unread, len(line.data.decode("utf-8", "replace"))
    if taken != letters_ or letters_ == line.size:
        return None
    text = _(
        "The line that was typed has {letters} letters in {bytes} bytes, and exactly {letters} bytes of the answer were taken "
        "in: the other {rest} still lie in the socket. Count the bytes: len(text.encode())."
    )
    facts = {"letters": letters_, "bytes": line.size, "rest": connection.unread}
    return Cause("letters_counted_for_bytes", text.format(**facts))
