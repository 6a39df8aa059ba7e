"""Lab 6: the assignment, the client: type and listen at once.

Run it:    python client.py [HOST [PORT]]
Check it:  python -m checker grade 6

What the checks rely on: lines are read with `input()`, in the main thread; the first typed line is already a
message (ask for no name); every message that comes is printed; `exit` leaves. Do not wait for a newline in
what you receive, nobody sends one: `readline()` would hang. Read with `recv(1024)` or more. The lines to
print are in texts.py, or say it in your own words.
"""

import codecs
import socket
import sys
import threading
from contextlib import suppress

from texts import line

BUFFER = 4096  # bytes: the most that one recv() may return


def receive_messages(connection, over):
    """Print what the others say until the connection ends. Runs in a thread of its own.

    `over` is a threading.Event that both threads know: whoever ends the chat sets it.
    """
    # TODO 1 of 2: Listen.
    #   1. Receive, decode and print each message, and the prompt after it (with flush=True).
    #   2. b"" means that the server has left; an OSError, that the connection was lost.
    #   3. Say which, unless `over` is set: then it was we who left. Set it.
    # Unlocks: two_people_can_chat, three_or_more_can_chat.
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")  # keeps half a letter for the next time
    farewell = "server_left"
    try:
        while True:
            data = connection.recv(BUFFER)
            if not data:
                break
            print(f"\n{decoder.decode(data)}\n{line('prompt')}", end="", flush=True)
    except OSError:
        farewell = "server_lost"
    if not over.is_set():
        over.set()
        print("\n" + line(farewell), flush=True)
    # end TODO


def start_client(host="localhost", port=12345):
    """Connect, talk and listen until the person or the server leaves."""
    # TODO 2 of 2: Talk.
    #   1. Make a TCP socket and connect it to the server; if there is none (OSError), say so.
    #   2. Start a daemon thread that runs receive_messages(), so that typing and listening do not wait for
    #      each other.
    #   3. Read lines with input(), encode and send them, until `exit` is typed or `over` is set.
    #   4. The end of input (EOFError) and Ctrl-C (KeyboardInterrupt) are goodbyes, too.
    #   5. In the end set `over`, shut the connection down, join the thread, close the socket.
    # Unlocks: exit_leaves, plays_the_assignments_scene, and with them all others.
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    over = threading.Event()
    receiver = threading.Thread(target=receive_messages, args=(connection, over), daemon=True)
    try:
        try:
            connection.connect((host, port))
        except OSError:
            print(line("no_server", host=host, port=port))
            return  # by way of `finally`
        print(line("connected", host=host, port=port))
        print(line("how_to_leave"))
        receiver.start()
        while not over.is_set():
            text = input(line("prompt"))
            if text.strip().lower() == "exit":
                print(line("leaving"))
                break
            connection.sendall(text.encode("utf-8"))
    except OSError:
        if not over.is_set():
            print("\n" + line("server_lost"))
    except (EOFError, KeyboardInterrupt):
        print("\n" + line("interrupted"))
    finally:
        over.set()
        with suppress(OSError):  # the server may have gone first, or never been there
            connection.shutdown(socket.SHUT_RDWR)
        if receiver.is_alive():
            receiver.join(timeout=1)  # it reads what is left: unread bytes would turn our FIN into a reset
        connection.close()
    # end TODO


if __name__ == "__main__":
    host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 12345
    start_client(host, port)
