"""The lines that the chat prints, in Russian (word for word the assignment's) and in English.

CHAT_LANG=ru or CHAT_LANG=en chooses; without it the language of the system does.
"""

import os

RUSSIAN = {
    # the server
    "listening": "[*] Сервер запущен на {host}:{port}. Ожидание подключений...",
    "clients": "[*] Активных клиентов: {count}",
    "arrived": "[+] Подключился новый клиент: {address}",
    "message": "Сообщение от {address}: {text}",
    "lost": "[-] Соединение с клиентом {address} было разорвано.",
    "left": "[-] Клиент {address} отключен. Активных клиентов: {count}",
    "stopping": "[*] Остановка сервера...",
    # the client
    "connected": "[*] Подключено к серверу {host}:{port}",
    "how_to_leave": "[*] Для выхода введите 'exit'",
    "prompt": "Ваше сообщение: ",
    "leaving": "[*] Отключение от сервера...",
    "interrupted": "[*] Принудительное отключение...",
    "server_left": "[*] Соединение с сервером разорвано.",
    "server_lost": "[*] Потеряно соединение с сервером.",
    "no_server": "[-] Не удалось подключиться к серверу {host}:{port}",
}

ENGLISH = {
    # the server
    "listening": "[*] Server started on {host}:{port}. Waiting for connections...",
    "clients": "[*] Active clients: {count}",
    "arrived": "[+] New client connected: {address}",
    "message": "Message from {address}: {text}",
    "lost": "[-] The connection to client {address} was lost.",
    "left": "[-] Client {address} disconnected. Active clients: {count}",
    "stopping": "[*] Stopping the server...",
    # the client
    "connected": "[*] Connected to server {host}:{port}",
    "how_to_leave": "[*] Type 'exit' to leave",
    "prompt": "Your message: ",
    "leaving": "[*] Disconnecting from the server...",
    "interrupted": "[*] Interrupted, disconnecting...",
    "server_left": "[*] The server closed the connection.",
    "server_lost": "[*] The connection to the server was lost.",
    "no_server": "[-] Could not connect to server {host}:{port}",
}


def language(environment):
    """Return "ru" or "en" for a mapping of environment variables: the first one that is set decides."""
    for name in ("CHAT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "ru" if environment[name].lower().startswith("ru") else "en"
    return "en"


def line(name, **values):
    """Return the line called `name` with `values` filled in: line("clients", count=3)."""
    lines = RUSSIAN if language(os.environ) == "ru" else ENGLISH
    return lines[name].format(**values)

# Seal of an untouched stub: d82dd073abbe0c86
