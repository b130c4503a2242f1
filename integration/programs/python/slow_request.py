"""A client whose request has begun, and ends once the file "go" is there in the folder of the test. Shows what it is answered."""

import pathlib
import socket

connection = socket.create_connection(("127.0.0.1", 80))
connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nab")
# The server wants to have the rest.
print(connection.recv(1000).decode(), flush=True)
connection.settimeout(0.02)
while not pathlib.Path("/work/go").exists():
    try:
        if not connection.recv(1):
            raise SystemExit("the server closed the connection")
    except TimeoutError:
        pass
connection.settimeout(None)
connection.sendall(b"cd")
while answer := connection.recv(1000):
    print(answer.decode())
