"""Lab 4: a client that listens while one types: two waits, so two threads.

Run it:    python client.py [HOST [PORT]]
Check it:  python -m checker grade 4

What the checks rely on: lines are read with `input()`, in the main thread; the first typed line is already a
message (ask for no name); what is typed goes out as it is, without the prompt; `exit`, the end of input and
Ctrl-C leave. Do not wait for a newline in what you receive, nobody sends one: `readline()` would hang. Read
with `recv(1024)` or more.
"""

import codecs
import socket
import sys
import threading
from contextlib import suppress

BUFFER = 4096  # bytes: the most that one recv() may return
PROMPT = "Your message: "


def receive_messages(connection, over):
    """Print what the others say until the connection ends. Runs in a thread of its own.

    `over` is a threading.Event that both threads know: whoever ends the chat sets it.
    """
    # TODO 1 of 4: Receive and print until b"" comes or recv() raises an OSError. Print the prompt again
    # after each message, with flush=True. If it was not we who left (`over` is not set): set it and say so.
    # Unlocks: shows_messages_while_waiting_for_input, carries_unicode, notices_the_server_leaving.
    print("TODO 1 is not written yet")
    return


def talk(connection, over):
    """Send what is typed until the person types `exit` or the chat is over."""
    # TODO 2 of 4: While `over` is not set: read a line with input(PROMPT); return if it is `exit`, in any
    # case (EXIT, Exit); otherwise encode and send it.
    # Unlocks: sends_what_is_typed, carries_unicode.
    print("TODO 2 is not written yet")
    return


def hang_up(connection, over, receiver):
    """Say goodbye: end the stream, let the thread `receiver` finish, close the socket."""
    # TODO 3 of 4: Set `over`. Shut the connection down: that wakes `receiver`, which waits in recv() and
    # would not notice a close(). Join it if it is alive (join(timeout=1) to be safe), then close.
    # Unlocks: leaves_on_exit.
    print("TODO 3 is not written yet")
    return


def start_client(host="localhost", port=12345):
    """Connect, talk and listen until the person or the server leaves."""
    # TODO 4 of 4: Connect, start a daemon thread that runs receive_messages(), then talk(). In the end
    # hang up, however it ended. No server, a lost connection (OSError), the end of input (EOFError) and
    # Ctrl-C (KeyboardInterrupt) end the chat with a line that a person understands, not with a traceback.
    # Unlocks: connects_where_told, says_so_when_no_server_answers, leaves_on_end_of_input,
    #     leaves_on_ctrl_c, and with them every other check of this lab.
    print("TODO 4 is not written yet")
    return


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_client(host, port)

# Seal of an untouched stub: 11c735cb98c14733
