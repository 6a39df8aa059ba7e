# Лабораторная работа 1. Эхо-сервер
# Выполнил: студент группы ИВТ-21
import socket

РАЗМЕР_БУФЕРА = 1024


def обслужить(клиент, адрес):
    # Отправляем назад всё, что пришло, пока клиент не отключится
    данные = клиент.recv(РАЗМЕР_БУФЕРА)
    while данные:
        клиент.sendall(данные)
        данные = клиент.recv(РАЗМЕР_БУФЕРА)
    else:
        print('Клиент', адрес, 'отключился')


def start_server(host='localhost', port=12345):
    # Создаём сокет (IPv4, TCP)
    сервер = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Чтобы порт можно было занять сразу после перезапуска
    сервер.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    сервер.bind((host, port))
    сервер.listen(5)
    print('Сервер запущен на', host, 'порт', port)
    try:
        while True:
            клиент, адрес = сервер.accept()
            print('Подключился клиент', адрес)
            try:
                обслужить(клиент, адрес)
            except (ConnectionResetError, BrokenPipeError) as ошибка:
                print('Соединение потеряно:', ошибка)
            finally:
                клиент.close()
    except KeyboardInterrupt:
        print('Сервер остановлен')
    finally:
        сервер.close()


if __name__ == '__main__':
    start_server()
