"""The stages there are: a file each, which says what its stack is told. `local` is none of them."""

from pathlib import Path

HERE = Path(__file__).parent


def names(files: Path = HERE) -> tuple[str, ...]:
    """The stages that have a file."""
    return tuple(sorted(file.stem for file in files.glob("*.toml")))


def stack_of(stage: str) -> str:
    """The stack of a stage."""
    return f"relance-{stage}"
