# Лабораторная работа 1. Эхо-клиент
import socket


def start_client(host='localhost', port=12345):
    клиент = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    клиент.connect((host, port))
    print('Вы подключены к серверу. Для выхода введите exit')
    сообщение = input('Введите сообщение: ')
    while сообщение.lower() != 'exit':
        клиент.sendall(сообщение.encode('utf-8'))
        ответ = клиент.recv(4096)
        if ответ == b'':
            print('Сервер закрыл соединение')
            break
        print(f'Ответ сервера: «{ответ.decode("utf-8")}»')
        сообщение = input('Введите сообщение: ')
    else:
        print('До свидания!')
    клиент.close()


if __name__ == '__main__':
    start_client()
