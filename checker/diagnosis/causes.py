"""Which named mistake the evidence points to, if it points to one."""

from __future__ import annotations

from collections.abc import Callable, Collection

from checker.diagnosis import (
    blocking,
    clients,
    ending,
    exceptions,
    leaving,
    letters,
    midway,
    relay,
    starting,
    streams,
    unwritten,
)
from checker.diagnosis.deadlock import deadlock
from checker.diagnosis.evidence import Evidence
from checker.diagnosis.findings import Findings
from checker.grading.model import Cause

IN_ORDER: tuple[Callable[[Findings], Cause | None], ...] = (
    unwritten.not_written,
    # Nothing was done to it but starting it.
    starting.loading_starts_it,
    starting.hard_coded_address,  # hard_coded_port, hard_coded_host
    starting.no_reuseaddr,  # and reuseaddr_too_late
    starting.returned_at_once,
    starting.never_called,
    starting.defaults_differ,
    # Its threads show where it is stuck.
    blocking.lock_held_while_sending,
    blocking.called_instead_of_started,  # run_instead_of_start, target_called
    blocking.accept_waits,  # join_in_the_accept_loop, one_client_at_a_time, name_read_in_accept_loop
    blocking.turns_taken,
    blocking.waits_for_a_newline,
    leaving.end_of_stream_not_noticed,  # and busy_loop
    ending.closed_while_another_waits,
    ending.thread_keeps_it_alive,
    # An exception ended something: before every cause that may follow from that.
    exceptions.input_in_a_daemon_thread,
    exceptions.decoding_failed,  # letter_cut_in_half, bytes_that_are_not_text
    exceptions.sending_failed,  # dead_socket_in_list, send_error_ends_the_broadcast, send_error_not_caught
    exceptions.socket_already_closed,
    exceptions.reset_not_caught,
    exceptions.not_caught,  # eof_error_not_caught, keyboard_interrupt_not_caught, connection_refused_not_caught
    exceptions.uncaught_exception,
    exceptions.clients_exception,  # uncaught_exception
    # Who was there, who left, who heard what.
    ending.ends_with_a_leave,  # accepts_only_once, ends_itself
    midway.broken_in_the_middle,  # neighbour_skipped, send_error_ends_the_broadcast
    leaving.socket_left_open,
    blocking.nobody_reads,
    leaving.other_not_told,
    leaving.turned_away,
    leaving.wrong_one_removed,
    leaving.newcomers_not_on_the_list,
    relay.echo_to_everyone,
    relay.sent_back_only,
    relay.wrong_port,  # overwritten_by_each_accept, receivers_address
    relay.one_place_left_out,
    relay.taken_for_a_name,  # asks_for_a_name
    relay.read_and_not_sent,
    # The bytes themselves.
    letters.letters_counted_for_bytes,
    letters.letters,  # raw_bytes_shown, wrong_encoding, letter_cut_in_half
    streams.long_message,  # send_for_sendall, sends_again_what_was_taken, one_recv_for_one_message
    streams.closes_without_a_goodbye,
    # A client and the person at it.
    clients.exit_sent_to_the_room,
    clients.prompt_sent,
    clients.asks_for_a_name,  # and sends_the_line_before
    clients.keyboard_not_read,  # and waits_for_an_answer
    clients.goes_on_after_a_goodbye,
    clients.shown_too_late,  # shown_only_after_a_key, receiver_has_ended, nobody_listens, read_but_not_shown
)
"""Who is asked first has the say. A function that knows several causes names them in its docstring, with what each rests on
and what looks alike; locks that nobody gives back come before all of them (see `deadlock`)."""


def likely_cause(evidence: Evidence, no_mistakes: Collection[str] = ()) -> Cause | None:
    """The mistake that the evidence of a failed check points to; None where it does not decide. `no_mistakes` are the ids of
    causes that are right in this lab: where the server has the last word, it may hang up on somebody who has not left."""
    locked = deadlock(evidence)
    if locked is not None:
        return locked
    findings = Findings(evidence)
    causes = (asked(findings) for asked in IN_ORDER)
    return next((cause for cause in causes if cause is not None and cause.id not in no_mistakes), None)
