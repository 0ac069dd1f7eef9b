"""Which commit is tried: it dates the figures, and draws the samples."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What a run itself writes anew: it tries the same program with or without it.
_WRITTEN = "docs/guarantee.md"


def commit() -> str:
    """The commit that is checked out; none where there is no history."""
    return _git("rev-parse", "HEAD")


def is_changed() -> bool:
    """Whether something else is tried than what is committed: its figures are nobody's."""
    changed = _git("status", "--porcelain", "--", ".", f":(exclude){_WRITTEN}")
    return bool(changed) or not commit()


#: What the tests draw their samples by: none of them is to fail because of the name of a commit.
OF_THE_TESTS = 0


def seed() -> int:
    """Each commit draws other samples, and always the same ones."""
    return int(commit()[:8] or "0", 16)


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
