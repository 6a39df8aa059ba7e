# -*- coding: utf-8 -*-
# Лабораторная работа 4. Клиент чата
import socket
import threading

ЗЕЛЁНЫЙ = '\033[32m'
КРАСНЫЙ = '\033[31m'
СБРОС = '\033[0m'
ПРИГЛАШЕНИЕ = 'Вы: '

работаем = True


def показать(текст, цвет):
    # \r\033[K стирает приглашение, потом мы рисуем его заново
    print('\r\033[K' + цвет + текст + СБРОС)
    print(ПРИГЛАШЕНИЕ, end='', flush=True)


def принимать(сокет):
    global работаем
    while работаем:
        try:
            данные = сокет.recv(1024)
        except (ConnectionResetError, ConnectionAbortedError, OSError):
            данные = b''
        if not данные:
            if работаем:
                показать('Сервер отключился. Нажмите Enter, чтобы выйти.', КРАСНЫЙ)
            работаем = False
            return
        показать(данные.decode('utf-8', errors='replace'), ЗЕЛЁНЫЙ)


def start_client(host='localhost', port=12345):
    global работаем
    сокет = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        сокет.connect((host, port))
    except OSError as ошибка:
        print(КРАСНЫЙ + 'Не удалось подключиться к серверу:' + СБРОС, ошибка)
        return
    print('Подключено. Введите exit, чтобы выйти.')
    поток = threading.Thread(target=принимать, args=(сокет,), daemon=True)
    поток.start()
    try:
        while работаем:
            строка = input(ПРИГЛАШЕНИЕ)
            if строка.strip().lower() in ('exit', 'выход'):
                break
            if работаем:
                сокет.send(строка.encode('utf-8'))
    except (EOFError, KeyboardInterrupt):
        print('\nПока!')
    except OSError:
        print('\nСообщение не отправлено')
    работаем = False
    сокет.close()


if __name__ == '__main__':
    start_client()
