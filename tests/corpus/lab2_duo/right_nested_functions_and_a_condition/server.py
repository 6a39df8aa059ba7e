import socket
import sys
import threading


def start_server(host="localhost", port=12345):
    lobby = []
    partners = {}
    change = threading.Condition()

    def find_partner(me):
        """Wait until somebody else has come."""
        with change:
            if lobby:
                other = lobby.pop()
                partners[me], partners[other] = other, me
                change.notify_all()
            else:
                lobby.append(me)
                change.wait_for(lambda: me in partners)
            return partners[me]

    def part(me, other):
        with change:
            partners.pop(me, None)
        for sock in (me, other):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # was shut down before

    def visit(me, my_port):
        other = find_partner(me)

        def pass_on(data):
            other.sendall(f"{my_port}> ".encode() + data)

        try:
            while True:
                data = me.recv(1024)
                if not data:
                    break
                pass_on(data)
        except (ConnectionResetError, BrokenPipeError) as error:
            print(f"{my_port}: {error}")
        part(me, other)
        me.close()

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(10)
    print("Waiting for people on port", port)
    try:
        while True:
            sock, (_, visitor_port) = listener.accept()
            threading.Thread(target=visit, args=(sock, visitor_port), daemon=True).start()
    except KeyboardInterrupt:
        print("Closed")
    finally:
        listener.close()


if __name__ == "__main__":
    start_server(*sys.argv[1:2], *map(int, sys.argv[2:3]))
