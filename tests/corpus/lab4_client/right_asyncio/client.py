import asyncio
import sys


async def receive(reader):
    try:
        while data := await reader.read(1024):
            print(data.decode("utf-8", "replace"))
    except ConnectionError as error:
        print(error)
    print("The server has left.")


async def type_on(writer):
    loop = asyncio.get_running_loop()
    keyboard = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(keyboard), sys.stdin)
    while line := await keyboard.readline():
        text = line.decode().strip()
        if text.lower() == "exit":
            return
        writer.write(text.encode())
        await writer.drain()


async def chat(host, port):
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        print("No server:", error)
        return
    tasks = [asyncio.create_task(receive(reader)), asyncio.create_task(type_on(writer))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    for task in done:
        if isinstance(task.exception(), ConnectionError):
            print("The connection was lost.")
    writer.close()


def start_client(host="localhost", port=12345):
    try:
        asyncio.run(chat(host, port))
    except KeyboardInterrupt:
        print("Bye")


if __name__ == "__main__":
    start_client(*sys.argv[1:2], *map(int, sys.argv[2:3]))
