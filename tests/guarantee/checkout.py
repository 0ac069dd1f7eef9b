"""Which commit is tried: it dates the figures, and draws the samples."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def commit() -> str:
    """The commit that is checked out; none where there is no history."""
    command = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def seed() -> int:
    """Each commit draws other samples, and always the same ones."""
    return int(commit()[:8] or "0", 16)
