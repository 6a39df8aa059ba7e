"""What a failed check shows, so that a student understands it without asking anybody."""

import io
from dataclasses import replace

import pytest
from made_results import NOW, a_failure, a_lab, shown, words

from checker.grading.model import Cause, Frame, Text, ThreadState
from checker.report.excerpt import first_difference
from checker.report.screen import Screen


def test_a_failed_check_shows_all_its_evidence():
    text = shown(
        a_failure(
            expected=Text.of("Hi! abc"),
            got=Text.of(b""),
            cause=Cause("sends_to_itself", "the loop leaves out the wrong client", 31),
            threads=[ThreadState("MainThread", "accept4", "server.py", 69, "connection = listener.accept()")],
            output=Text.of("Listening on 127.0.0.1:12345\n"),
        )
    )
    assert " ✗   0/3  A message reaches" in text
    for part in (
        "alice said something and bob received nothing.",
        "Probably: the loop leaves out the wrong client (line 31)",
        "expected  Hi! abc",
        "came      nothing",
        "By then your program had nothing left to do. Its threads:",
        "MainThread waits in accept() at server.py, line 69: connection = listener.accept()",
        "| Listening on 127.0.0.1:12345",
        "Hint: After recv() returns",
        "Read: notebooks/03_broadcast.ipynb",
        "python -m checker grade 3 --check reaches_every_other_client",
    ):
        assert words(part) in words(text), part


def test_the_command_to_try_again_judges_the_same_files():
    text = shown(a_failure(), asked="--submission other")
    assert "grade 3 --check reaches_every_other_client --submission other\n" in text


def test_the_same_message_is_explained_once():
    text = shown(
        a_failure(output=Text.of("first words")),
        a_failure(id="names_the_sender", title="It bears the port.", output=Text.of("second words")),
    )
    assert "first words" in text
    assert "second words" not in text
    assert "As above: A message reaches every other client, once." in text
    assert text.count("Hint:") == 1


def test_the_next_lab_explains_anew():
    file = io.StringIO()
    screen = Screen(file, now=NOW)
    for _number in range(2):
        lab = a_lab([a_failure()])
        screen.begin_lab("a room", 3, lab, False)
        screen.check(lab.checks[0], lab.lab)
        screen.end_lab(lab)
    assert file.getvalue().count("Hint:") == 2


def test_threads_that_wait_alike_are_told_together_and_once():
    threads = [
        ThreadState(f"Thread-{n}", "recvfrom", "server.py", 50, "connection.recv(1024)") for n in range(1, 21)
    ]
    text = words(
        shown(
            a_failure(threads=threads),
            a_failure(id="other", title="Another.", message="Something else.", threads=threads),
        )
    )
    assert text.count("Thread-1 ... Thread-20 (20 threads) waits in recv()") == 1
    assert "Its threads: as shown above." in text


def test_locks_held_and_wanted_are_told():
    thread = ThreadState("Thread-1", "futex", "server.py", 9, "with lock_b:", ["lock_a", "lock"], "lock_b")
    text = words(shown(a_failure(threads=[thread])))
    assert "Thread-1 waits for the lock lock_b at server.py, line 9: with lock_b:; it holds lock_a, lock" in text


@pytest.mark.parametrize(
    ("call", "closed", "said"),
    [
        ("recvfrom", False, "waits in recv() for carol at server.py, line 12"),
        ("sendto", False, "waits in send() for carol to read at server.py, line 12"),
        (
            "recvfrom",
            True,
            "waits in recv() on a socket that was closed meanwhile (the connection with carol) at server.py, line 12",
        ),
    ],
)
def test_whom_a_thread_waits_for_is_told(call, closed, said):
    thread = ThreadState("Thread-1", call, "server.py", 12, peer="carol", closed=closed)
    assert f"Thread-1 {said}" in words(shown(a_failure(threads=[thread])))


def test_whom_several_wait_for_is_told_where_they_are_few():
    threads = [ThreadState(f"Thread-{n}", "recvfrom", "server.py", 12, peer=f"peer{n}") for n in range(1, 6)]
    text = words(shown(a_failure(threads=threads[:3])))
    assert "each of Thread-1 ... Thread-3 (3 threads) waits in recv() for peer1, peer2, peer3 at server.py" in text
    assert "waits in recv() at server.py" in words(shown(a_failure(threads=threads)))
    nobody = ThreadState("Thread-9", "recvfrom", "server.py", 12)
    assert "waits in recv() at server.py" in words(shown(a_failure(threads=[*threads[:2], nobody])))


def test_threads_that_wait_for_others_than_before_are_told_again():
    threads = [ThreadState("Thread-1", "recvfrom", "server.py", 12, peer="alice")]
    others = [replace(threads[0], peer="bob")]
    text = shown(a_failure(threads=threads), a_failure(id="other", title="Another.", message="Else.", threads=others))
    assert "as shown above" not in text
    assert "recv() for alice" in text and "recv() for bob" in text


def test_a_closed_listener_is_told():
    thread = ThreadState("MainThread", "accept4", "server.py", 9, closed=True)
    text = words(shown(a_failure(threads=[thread])))
    assert "MainThread waits in accept() on a socket that was closed meanwhile at server.py, line 9" in text


def test_a_main_thread_at_its_end_is_told_beside_the_others():
    main = ThreadState("MainThread", "futex", frames=[Frame("threading.py", 1624, "_shutdown", own=False)])
    other = ThreadState("Thread-1 (serve)", "recvfrom", "server.py", 9)
    text = words(shown(a_failure(threads=[main, other])))
    assert "MainThread has come to its end and waits for the other threads" in text


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        (["threading.py wait", "queue.py get"], "waits in get() for something in a queue"),
        (["threading.py _wait_for_tstate_lock", "threading.py join"], "waits in join() for another thread to end"),
        (["threading.py wait", "threading.py wait"], "waits in wait() until another thread wakes it"),
        (
            ["threading.py join", "thread.py shutdown", "_base.py __exit__"],
            "waits for the threads of a pool to end",
        ),
        (["decoder.py decode"], "waits for a lock, an event or another thread"),
    ],
)
def test_what_the_library_waits_for_is_told(frames, said):
    called = [Frame(one.split()[0], 1, one.split()[1], own=False) for one in frames]
    own = Frame("server.py", 9, "serve", own=True)
    outer = Frame("queue.py", 3, "get", own=False)  # what has called the student's function does not wait
    thread = ThreadState("Thread-1", "futex", "server.py", 9, frames=[*called, own, outer])
    assert f"Thread-1 {said} at server.py, line 9" in words(shown(a_failure(threads=[thread])))


def test_an_unknown_call_is_named_as_the_kernel_does():
    thread = ThreadState("MainThread", "flock", "server.py", 9)
    assert "waits in flock() at server.py, line 9" in words(shown(a_failure(threads=[thread])))


def test_a_program_that_had_ended_is_told():
    assert "Your program had ended by then." in shown(a_failure(ended_by="exit"))
    message = "It never listened. Your program had ended by then, with exit status 1."
    assert shown(a_failure(ended_by="exit", message=message)).count("had ended by then") == 1


def test_what_is_on_the_screen_anyway_is_not_shown_twice():
    said = Text.of("Traceback (most recent call last):\nValueError\n")
    assert shown(a_failure(got=said, output=said)).count("ValueError") == 1


@pytest.mark.parametrize(
    ("got", "said"),
    [
        ("Hi! abc\n", "^ from here on it is too much"),
        ("Hi!", "^ the rest is missing"),
        ("Hi! xbc", "^ from here on it differs"),
    ],
)
def test_the_first_wrong_byte_is_marked_under_its_place(got, said):
    lines = shown(a_failure(expected=Text.of("Hi! abc"), got=Text.of(got))).splitlines()
    came = next(number for number, line in enumerate(lines) if line.startswith("    came"))
    mark = lines[came + 1]
    assert mark.endswith(said)
    place = first_difference("Hi! abc", got)
    assert mark.index("^") == lines[came].index("Hi!") + place


def test_a_mark_far_to_the_right_has_its_words_before_it():
    expected, got = "x" * 60 + "a", "x" * 60 + "b"
    lines = shown(a_failure(expected=Text.of(expected), got=Text.of(got))).splitlines()
    assert any(line == " " * 14 + "from here on it differs ^".rjust(61) for line in lines)


def test_a_result_is_not_changed_by_being_shown():
    check = a_failure(got=Text.of("x"), threads=[ThreadState("MainThread", "")])
    before = replace(check)
    shown(check)
    assert check == before
