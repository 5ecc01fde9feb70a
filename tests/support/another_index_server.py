"""Serve a folder with pypiserver on a free port: ``python -W ignore another_index_server.py FOLDER LOG``.

Started by tests. A process of its own, because its libraries warn of things that this project's tests take for
errors. User name and password come from the environment; the port is the first line on standard output, requests go
to LOG.
"""

import os
import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pypiserver

folder, log = Path(sys.argv[1]), Path(sys.argv[2])
allowed = (os.environ["INDEX_USERNAME"], os.environ["INDEX_PASSWORD"])
app = pypiserver.app(
    roots=[folder],
    authenticate=["update", "list", "download"] if os.environ["INDEX_CLOSED"] else ["update"],
    auther=lambda name, given: (name, given) == allowed,
    password_file=".",  # noqa: S106 - its way to say that auther decides
    disable_fallback=not os.environ["INDEX_UPSTREAM"],
    fallback_url=os.environ["INDEX_UPSTREAM"],
    hash_algo=os.environ["INDEX_HASH"] or None,
)


class Logged(WSGIRequestHandler):
    """Keep one line a request, and print none."""

    def log_message(self, form: str, *arguments: object) -> None:  # noqa: ARG002 - the base class's shape
        with log.open("a", encoding="utf-8") as stream:
            stream.write(f"{arguments[0]}\n")


with make_server("127.0.0.1", 0, app, handler_class=Logged) as server:
    print(server.server_port, flush=True)  # noqa: T201 - read by the test
    server.serve_forever(poll_interval=0.02)
