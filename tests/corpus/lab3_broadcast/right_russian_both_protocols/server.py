# -*- coding: utf-8 -*-
# Многопользовательский чат (сервер). Слушает сразу IPv4 и IPv6.
import socket
import threading


class Комната:
    def __init__(self):
        self.участники = set()
        self.условие = threading.Condition()

    def войти(self, кто, адрес):
        with self.условие:
            self.участники.add(кто)
            print(f'+ {адрес}, всего в чате: {len(self.участники)}')
        self.сказать_всем(f'*** {адрес[1]} вошёл в чат\n'.encode(), кроме=кто)

    def выйти(self, кто, адрес):
        with self.условие:
            self.участники.discard(кто)
            print(f'- {адрес}, всего в чате: {len(self.участники)}')
        self.сказать_всем(f'*** {адрес[1]} вышел из чата\n'.encode(), кроме=кто)

    def сказать_всем(self, данные, кроме):
        with self.условие:
            for участник in self.участники:
                if участник is not кроме:
                    try:
                        участник.sendall(данные)
                    except OSError:
                        # его собственный поток скоро сам заметит разрыв
                        pass


def обслужить(комната, сокет, адрес):
    комната.войти(сокет, адрес)
    while True:
        try:
            данные = сокет.recv(1024)
        except OSError as ошибка:
            print('Ошибка:', ошибка)
            break
        if not данные:
            break
        комната.сказать_всем(f'[{адрес[0]}]:{адрес[1]} → '.encode('utf-8') + данные + b'\n', кроме=сокет)
    комната.выйти(сокет, адрес)
    сокет.close()


def открыть(host, port):
    if socket.has_dualstack_ipv6():
        return socket.create_server(('', port), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server((host, port))


def start_server(host='localhost', port=12345):
    комната = Комната()
    with открыть(host, port) as слушатель:
        print('Сервер запущен, порт', port)
        while True:
            сокет, адрес = слушатель.accept()
            поток = threading.Thread(target=обслужить, args=(комната, сокет, адрес))
            поток.daemon = True
            поток.start()


if __name__ == '__main__':
    start_server()
