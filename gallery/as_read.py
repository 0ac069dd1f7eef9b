"""A document as it is read: its words in lines, and where its links lead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from html.parser import HTMLParser

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
)
UNREAD = frozenset({"head", "style", "script", "template"})
IN_A_LINE = frozenset({"a", "abbr", "b", "button", "code", "em", "i", "small", "span", "strong"})
IN_A_LINE |= {"time", "wbr", "sup", "u"}
BEGINS = {"h1": "# ", "h2": "## ", "h3": "### ", "li": "- ", "button": "["}
ENDS = {"button": "]"}

#: What breaks a line; a no-break space does not.
_SPACES = re.compile(r"[ \t\r\n]+")

#: What fills a preview line, so that a mail program shows nothing after it.
FILLERS = dict.fromkeys(map(ord, "\u034f\u200b\u200c\u200d\u2007\u00ad\ufeff"))


class Sight(IntEnum):
    """Whether the words in an element are seen; what is in it is seen no better."""

    SEEN = 0
    HIDDEN = 1  #: the preview line of an e-mail
    UNREAD = 2  #: no words at all


@dataclass(frozen=True, kw_only=True)
class _Element:
    tag: str
    address: str
    sight: Sight


class AsRead(HTMLParser):
    """`lines` are the words that people see, `links` every address, `preheader` the hidden words
    that a mail program shows after the subject, `targets` what a link within the document finds.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.targets: set[str] = set()
        self._lines: list[str] = [""]
        self._hidden: list[str] = []
        self._open = [_Element(tag="", address="", sight=Sight.SEEN)]
        self.feed(html)
        self.close()

    @property
    def lines(self) -> list[str]:
        """The words that are seen, without empty lines."""
        lines = (_SPACES.sub(" ", line).strip() for line in self._lines)
        return [line for line in lines if line and line.strip("#-[] ")]

    @property
    def preheader(self) -> str:
        """The words that are not seen in the document itself."""
        return " ".join("".join(self._hidden).translate(FILLERS).split())

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002  the parser has it
        """Nobody asks in which line something stands."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag not in IN_A_LINE:
            self._lines.append("")
        address = self._noted(known)
        if tag not in VOID:
            sight = max(_sight(tag, known), self._open[-1].sight)
            self._open.append(_Element(tag=tag, address=address, sight=sight))
        self._say(BEGINS.get(tag, ""))

    def _noted(self, attrs: Mapping[str, str | None]) -> str:
        self.targets |= {attrs.get("id") or "", attrs.get("name") or ""} - {""}
        address = attrs.get("href") or ""
        if address:
            self.links.append(address)
        return address

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1:
            ended = self._open[-1]
            self._say(ENDS.get(ended.tag, "") + (f" <{ended.address}>" if ended.tag == "a" else ""))
            self._open.pop()
            if ended.tag == tag:
                break
        if tag not in IN_A_LINE:
            self._lines.append("")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def _say(self, words: str) -> None:
        sight = self._open[-1].sight
        if sight is Sight.SEEN:
            self._lines[-1] += words
        elif sight is Sight.HIDDEN:
            self._hidden.append(words)


def _sight(tag: str, attrs: Mapping[str, str | None]) -> Sight:
    if tag in UNREAD:
        return Sight.UNREAD
    style = (attrs.get("style") or "").replace(" ", "").lower()
    return Sight.HIDDEN if "hidden" in attrs or "display:none" in style else Sight.SEEN
