"""Scenes of lab 1's client: what is typed arrives, what comes back is shown, `exit` is a goodbye."""

from __future__ import annotations

from checker.grading.rubric import hints, points
from checker.stage.client import Client
from checker.stage.failure import Failed
from checker.texts import N_, _

# What is typed and what is answered. The same number of bytes, since a right client may wait for as many
# as it sent; another text, since a client that only shows what was typed shows no answer.
LINES = (("Hi!", "Yo!"), ("Привет, 世界 👋", "Ответы, 地球 🌍"), ("How are you?", "Never better"))


@points(2)
@hints(
    N_(
        "After input() has returned: which line sends the text, which line waits for the answer, "
        "which line shows it?"
    ),
    N_(
        "A socket carries bytes, a screen shows text: encode() before sending, decode() before "
        "printing, for each line that is typed."
    ),
    N_('connection.sendall(text.encode("utf-8"))\ndata = connection.recv(1024)\nprint(data.decode("utf-8"))'),
)
def check_client_sends_and_prints_the_echo(client: Client) -> None:
    """A typed line arrives at the server, and the answer is shown."""
    if client.strayed is not None:
        facts = {
            "host": client.told[0],
            "port": client.told[1],
            "where": client.strayed[0],
            "other": client.strayed[1],
        }
        message = _("Told to connect to {host}, port {port}, the client connected to {where}, port {other}.")
        raise Failed(message.format(**facts))
    for line, other in LINES:
        answer = f"{other} {client.stage.token()}"
        _answers(client, _typed(client, line), answer)
        if not _shown(client, answer):
            client.stage.timeline.add(client.name, "missing", answer.encode(), what="output")
            raise Failed(_why_not_shown(client, answer), expected=answer, got=client.program.printed)


def _shown(client: Client, text: str) -> bool:
    """Wait until `text` is on the screen, or never will be; whether it is."""
    return client.stage.wait(lambda: client.program.shows(text)) == "seen"


def _why_not_shown(client: Client, answer: str) -> str:
    if repr(answer.encode())[2:-1].encode() in client.program.printed:
        return _("The client showed the answer as bytes, undecoded, and not as text.")
    why = _("The client never showed the answer that it received.")
    return why if client.program.status is None else why + " " + client.program.explain_end()


def _typed(client: Client, line: str) -> tuple[bytes, bytes]:
    """Type `line` made unique; returns it and all that came of it, once the client waits for the answer."""
    before = len(client.end.heard)
    text = f"{line} {client.stage.token()}".encode()
    client.types(text.decode())
    client.stage.wait(lambda: text in client.end.heard[before:])
    client.stage.settle()
    came = bytes(client.end.heard[before:])
    if text not in came:
        client.stage.timeline.add("room", "missing", text, said_by=client.name)
        why = (
            _("A line was typed, and nothing arrived at the server.")
            if not came
            else _("What arrived at the server is not the line that was typed.")
        )
        if client.program.status is not None:
            why += " " + client.program.explain_end()
        raise Failed(why, expected=text, got=came)
    return text, came


def _answers(client: Client, heard: tuple[bytes, bytes], answer: str) -> None:
    """Send what an echo would send, in one go, with the text changed: an added line end is sent back."""
    text, came = heard
    client.end.sends(came.replace(text, answer.encode()))


@points(1)
@hints(
    N_(
        "Which line of your program sees that the text is `exit`, and what does it do before "
        "anything is sent?"
    ),
    N_(
        "Compare what input() returned before you send it. Leave the loop, close the socket, and let "
        "the function end."
    ),
    N_('if text == "exit":\n    break\n...\nconnection.close()   # after the loop'),
)
def check_client_leaves_on_exit(client: Client) -> None:
    """`exit` closes the connection and ends the program."""
    end = client.end
    # Another line first: a client that leaves whatever is typed has not understood `exit`.
    _answers(client, _typed(client, "Hi!"), f"Yo! {client.stage.token()}")
    client.stage.settle()
    if end.end is not None or client.program.status is not None:
        raise Failed(_("The client left before anybody had typed `exit`."), got=client.program.printed)
    said, unread = len(end.heard), _unread(client)
    client.types("exit")
    client.stage.wait(lambda: end.end is not None or len(end.heard) > said, exits=False)
    client.stage.settle()
    if b"exit" in end.heard[said:].lower():
        raise Failed(
            _("The client sent the word `exit` to the server."), expected=b"", got=bytes(end.heard[said:])
        )
    end.sees_end(_("`exit` was typed, and the client did not close its connection."))
    # close() with bytes unread breaks a connection off by itself (RFC 2525, 2.17), and who never reads loses
    # the other check.
    if end.end == "reset" and not unread:
        raise Failed(
            _("The client broke the connection off (RST) where closing it would have been a goodbye (FIN).")
        )
    end.leaves()
    client.ends(_("`exit` was typed, the connection is closed, and the client still runs."), status=0)


def _unread(client: Client) -> bool:
    """Whether bytes of ours lie in the client's receive queue."""
    return any(
        row.unread
        for row in client.stage.rows()
        if row.local == client.end.remote and row.remote == client.end.address
    )
