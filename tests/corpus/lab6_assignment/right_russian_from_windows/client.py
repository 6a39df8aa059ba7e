# -*- coding: utf-8 -*-
"""Задание: многопользовательский чат. Клиент."""
import socket
import threading


def получать(сокет):
    while True:
        try:
            данные = сокет.recv(1024)
        except OSError:
            break
        if not данные:
            print('Сервер закрыл соединение')
            break
        print('\n' + данные.decode('utf-8', errors='replace'))


def start_client(host='localhost', port=12345):
    сокет = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        сокет.connect((host, port))
    except ConnectionRefusedError:
        print('Сервер не отвечает')
        return
    print('Вы в чате. Чтобы выйти, напишите exit')
    threading.Thread(target=получать, args=(сокет,), daemon=True).start()
    while True:
        try:
            сообщение = input('Ваше сообщение: ')
        except (EOFError, KeyboardInterrupt):
            break
        if сообщение.lower() == 'exit':
            break
        try:
            сокет.sendall(сообщение.encode('utf-8'))
        except OSError:
            print('Сообщение не доставлено')
            break
    сокет.close()
    print('До свидания!')


if __name__ == '__main__':
    start_client()
