import selectors
import socket


def start_server(host="localhost", port=12345):
    loop = selectors.DefaultSelector()
    listener = socket.create_server((host, port))
    loop.register(listener, selectors.EVENT_READ)
    partner = {}
    alone = None
    while True:
        for key, _ in loop.select():
            if key.fileobj is listener:
                newcomer, _ = listener.accept()
                if alone is None:
                    alone = newcomer
                else:
                    partner[alone], partner[newcomer] = newcomer, alone
                    loop.register(alone, selectors.EVENT_READ)
                    loop.register(newcomer, selectors.EVENT_READ)
                    alone = None
                continue
            source = key.fileobj
            if source not in partner:
                continue
            try:
                data = source.recv(1024)
                if data:
                    partner[source].sendall(data)
                    continue
            except OSError:
                pass
            other = partner.pop(source)
            partner.pop(other)
            for one in (source, other):
                loop.unregister(one)
                one.close()
