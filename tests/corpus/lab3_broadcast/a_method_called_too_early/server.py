import socket as net
import threading as t


class Hall:
    guests = []
    key = t.RLock()

    def __init__(self, listener):
        self.listener = listener

    def spread(self, words, own):
        with self.key:
            for guest in list(self.guests):
                if guest is own:
                    continue
                guest.sendall(words)

    def look_after(self, guest, label):
        while True:
            words = guest.recv(1500)
            if words == b"":
                break
            self.spread(label + words, guest)
        with self.key:
            self.guests.remove(guest)
        guest.close()

    def open(self):
        while True:
            guest, place = self.listener.accept()
            with self.key:
                self.guests.append(guest)
            helper = t.Thread(
                daemon=True,
                target=self.look_after(guest, str(place).encode() + b" "),
            )
            helper.start()


def start_server(host="localhost", port=12345):
    listener = net.socket()
    listener.setsockopt(net.SOL_SOCKET, net.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    Hall(listener).open()
