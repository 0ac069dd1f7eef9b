"""One telephone number as people write it."""

from collections.abc import Sequence


def spellings(number: str, national: str) -> Sequence[str]:
    """The ways to write a number of France: `number` is in E.164 form, `national` is as dialled."""
    code, rest = number[: len(number) - 9], national[1:]
    pairs = [national[at : at + 2] for at in range(0, 10, 2)]
    spaced = " ".join([rest[0], *pairs[1:]])
    return [
        national,
        rest,
        *(blank.join(pairs) for blank in " .-/\u00a0\u202f\u2009\u2011\u2212\t"),
        number,
        f"{code} {spaced}",
        f"{code}{national}",
        f"{code} (0){spaced}",
        f"00{code[1:]} {spaced}",
        f"00{code[1:]}{national}",
        f"{code[1:]} {spaced}",
        f"{code[1:]}{national}",
        f"+33 {spaced}",
        f"+33{national}",
        f"tel:{number}",
        f"\u202a{number}\u202c",
        f"\u200e{national}",
    ]


def overseas() -> Sequence[tuple[str, str]]:
    """A mobile of each place whose numbers are dialled as in France, in both forms."""
    return [
        ("+262692123456", "0692123456"),
        ("+262639012345", "0639012345"),
        ("+590690001234", "0690001234"),
        ("+594694201234", "0694201234"),
        ("+596696201234", "0696201234"),
    ]
