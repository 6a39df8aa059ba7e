# -*- coding: utf-8 -*-
"""Задание: многопользовательский чат. Сервер."""
import socket
import threading

клиенты = {}  # порт -> сокет
блокировка = threading.Lock()


def разослать(данные, отправитель):
    with блокировка:
        for порт, сокет in клиенты.items():
            if порт != отправитель:
                try:
                    сокет.sendall(данные)
                except OSError:
                    print(f'Не удалось отправить клиенту {порт}')


def обработать_клиента(сокет, адрес):
    порт = адрес[1]
    while True:
        try:
            данные = сокет.recv(1024)
        except ConnectionResetError:
            print(f'Связь с {адрес} потеряна')
            break
        if not данные:
            break
        текст = данные.decode('utf-8', errors='replace')
        print(f'{адрес}: {текст}')
        разослать(f'[{адрес}] {текст}'.encode('utf-8'), порт)
    with блокировка:
        del клиенты[порт]
        print(f'Клиент {адрес} отключился. Осталось клиентов: {len(клиенты)}')
    сокет.close()


def start_server(host='localhost', port=12345):
    сервер = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    сервер.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    сервер.bind((host, port))
    сервер.listen()
    print('Сервер запущен. Ожидание подключений...')
    try:
        while True:
            сокет, адрес = сервер.accept()
            print('Подключился клиент', адрес)
            with блокировка:
                клиенты[адрес[1]] = сокет
                print('Всего клиентов:', len(клиенты))
            threading.Thread(target=обработать_клиента, args=(сокет, адрес), daemon=True).start()
    except KeyboardInterrupt:
        print('Сервер остановлен')
    finally:
        сервер.close()


if __name__ == '__main__':
    start_server()
