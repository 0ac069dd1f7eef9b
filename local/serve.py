"""Keeps the world up on a port of this machine: `python -m local.serve --port 8000`."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from local.clock.paris import iso
from local.studio.server import HOST, Server
from local.world import World


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m local.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port: int = parser.parse_args(arguments).port
    stop = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stop.set())
    url = f"http://{HOST}:{port}"
    with World(public_url=url, log=sys.stderr) as world, Server(world, port):
        print(
            f"Relance is at {url}/ and it is {iso(world.now())} there. Ctrl-C ends it.", flush=True
        )
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
