"""Timelines made by hand, as a result has them, and the diagrams of them."""

from made_results import a_failure

from checker.grading.model import ThreadState

SPEECH = {"alice": "bvxchkrx", "bob": "gjwfnqhr", "carol": "cqwswzzc", "dave": "tdkwkbqk", "erin": "pxtscgnk"}


class Timeline:
    """Events one after the other, a millisecond apart; every deed is a step."""

    DEEDS = ("started", "connected", "sent", "half_closed", "closed", "reset", "typed", "closed_input", "signal")

    def __init__(self):
        self.events = []
        self.step = 0

    def add(self, who, kind, data="", **facts):
        self.step += kind in self.DEEDS
        event = {"t": (20 + len(self.events)) / 1000, "who": who, "kind": kind, "step": self.step}
        if data:
            event.update(data=data, escaped=data, size=len(data.encode("utf-8", "surrogatepass")))
        self.events.append({**event, **facts})
        return self

    def server(self, *people, port=12345):
        self.add("server", "started", file="server.py", role="server", host="127.0.0.1", port=port)
        self.add("server", "listening", host="127.0.0.1", port=port)
        return self.join(*people)

    def join(self, *people):
        for number, name in enumerate(people):
            self.add(name, "connected", port=40000 + number, to=12345)
            self.add("server", "output", f"('127.0.0.1', {40000 + number}) is here\n", stream="stdout")
        return self

    def client(self):
        self.add("client", "started", file="client.py", role="client", host="127.0.0.1", port=12345)
        self.add("room", "connected", port=12345, to=40000)
        return self.add("client", "output", "> ", stream="stdout")

    def says(self, who, *hearers, text="Hi!", token=None):
        said = f"{text} {token or SPEECH[who]}"
        self.add(who, "sent", said)
        for hearer in hearers:
            self.add(hearer, "received", f"[('127.0.0.1', 40000)] {said}")
        return self

    def misses(self, who, speaker, text="Hi!"):
        self.add("checker", "rest")
        return self.add(who, "missing", f"{text} {SPEECH[speaker]}", said_by=speaker)

    def result(self, message="alice said something and carol received nothing.", **facts):
        self.add("checker", "verdict", text=message)
        return a_failure(message=message, timeline=self.events, **facts)


def left_out():
    """alice speaks, bob hears it, carol does not."""
    timeline = Timeline().server("alice", "bob", "carol").says("alice", "bob").misses("carol", "alice")
    threads = [
        ThreadState("MainThread", "accept4", "server.py", 69, "listener.accept()"),
        ThreadState("Thread-1", "recvfrom", "server.py", 50, "connection.recv(1024)", peer="alice"),
        ThreadState("Thread-2", "recvfrom", "server.py", 50, "connection.recv(1024)", peer="bob"),
    ]
    return timeline.result(threads=threads)


def crowd(people=20, rounds=3, deaf=("guest13",)):
    """Many people, many messages that everybody hears, one who leaves, one message that some do not hear."""
    names = [f"guest{number}" for number in range(1, people + 1)]
    letters = "bcdfghjklmnpqrstvwxz"
    timeline = Timeline().server(*names)
    for number in range(rounds):
        for nth, name in enumerate(names):
            token = (letters[number] + letters[nth % 20] + letters[nth // 20]).ljust(8, "b")
            timeline.says(name, *(one for one in names if one != name), token=token)
    timeline.add("guest9", "reset")
    timeline.says("guest7", *(one for one in names if one not in ("guest7", "guest9", *deaf)), token="zzzzzzzz")
    timeline.add("checker", "rest").add("guest13", "missing", "Hi! zzzzzzzz", said_by="guest7")
    return timeline.result("guest7 said something and guest13 received something else.")
