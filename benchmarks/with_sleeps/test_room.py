"""Lab 3's eleven checks as they are usually written: act, sleep, look."""

import ast
import os
from pathlib import Path

from conftest import heard, say

SERVER = Path(os.environ["SERVER"])


def test_serves_a_newcomer_while_others_are_silent(room):
    alice, _bob = room.join(2)
    (carol,) = room.join()
    say(carol, "Hi!")
    assert "Hi!" in heard(alice)


def test_reaches_every_other_client(room):
    for speaker in room.join(3):
        say(speaker, "Hi!")
        assert all(heard(other).count("Hi!") == 1 for other in room.others(speaker))


def test_names_the_sender(room):
    for speaker in room.join(3):
        say(speaker, "Hi!")
        assert all(str(speaker.getsockname()[1]) in heard(other) for other in room.others(speaker))


def test_does_not_echo_to_the_sender(room):
    for speaker in room.join(3):
        say(speaker, "Hi!")
        assert all("Hi!" in heard(other) for other in room.others(speaker))
        assert heard(speaker) == ""


def test_keeps_each_senders_order(room):
    alice, bob, carol = room.join(3)
    texts = [f"<{number:02}>" for number in range(50)]
    say(alice, *texts)
    for other in (bob, carol):
        received = heard(other)
        places = [received.find(text) for text in texts]
        assert -1 not in places
        assert places == sorted(places)


def test_carries_unicode(room):
    for speaker in room.join(3):
        say(speaker, "Привет, 世界 👋")
        assert all("Привет, 世界 👋" in heard(other) for other in room.others(speaker))


def test_tells_a_newcomer_nothing_old(room):
    for speaker in room.join(3):
        say(speaker, "old")
    (dave,) = room.join()
    say(room.clients[0], "new")
    received = heard(dave)
    assert "new" in received
    assert "old" not in received


def test_holds_twenty_clients(room):
    for speaker in room.join(20):
        say(speaker, "Hi!")
        assert all("Hi!" in heard(other) for other in room.others(speaker))


def test_lets_everyone_talk_at_once(room):
    crowd = room.join(20)
    texts = {speaker: [f"<{number:02}.{turn:02}>" for turn in range(20)] for number, speaker in enumerate(crowd)}
    for turn in range(19):
        for speaker in crowd:
            speaker.sendall(texts[speaker][turn].encode())
    for speaker in crowd[:-1]:
        speaker.sendall(texts[speaker][19].encode())
    say(crowd[-1], texts[crowd[-1]][19])
    received = {client: heard(client) for client in crowd}
    for speaker in crowd:
        for other in room.others(speaker):
            assert all(received[other].count(text) == 1 for text in texts[speaker])


def _tree():
    return ast.parse(SERVER.read_text(encoding="utf-8"))


def test_guards_the_client_list_with_a_lock(room):
    for speaker in room.join(3):
        say(speaker, "Hi!")
        assert all("Hi!" in heard(other) for other in room.others(speaker))
    room.clients.pop().close()
    say(room.clients[0], "Hi!")
    assert "Hi!" in heard(room.clients[1])
    assert any(isinstance(node, ast.With) for node in ast.walk(_tree()))  # no black box can see more


def test_uses_socket_and_threading():
    imported = {name.name for node in ast.walk(_tree()) if isinstance(node, ast.Import) for name in node.names}
    assert {"socket", "threading"} <= imported
