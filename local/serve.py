"""Keeps the world up on a port of this machine: `python -m local.serve --port 8000`."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from local.clock.paris import iso
from local.studio.forwarding import MailServer, NotAMailServer
from local.studio.scenes import SCENES
from local.studio.server import HOST, Server
from local.world import World


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m local.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--scene", choices=SCENES, help="begin in a scene, not in an empty world")
    parser.add_argument("--mail", type=_mail_server, help="smtp://127.0.0.1:1025 gets each e-mail")
    given = parser.parse_args(arguments)
    port: int = given.port
    more = {"forward": given.mail.forward} if given.mail else {}
    start = SCENES[given.scene].begins if given.scene else None
    stop = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stop.set())
    url = f"http://{HOST}:{port}"
    world = World(start=start, public_url=url, log=sys.stderr, **more)
    with world, Server(world, port) as server:
        now = f"it is {iso(world.now())} there"
        if given.scene:
            server.play(given.scene)
            now = f"plays {given.scene}"
        print(f"Relance is at {url}/ and {now}. Ctrl-C ends it.", flush=True)
        stop.wait()
    return 0


def _mail_server(text: str) -> MailServer:
    try:
        return MailServer.at(text)
    except NotAMailServer as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
