"""What anybody may type into a booking form, at its worst: for Hypothesis, in every such field.

The door bounds the length of these fields and the characters of ids, and nothing else.
"""

from dataclasses import dataclass, replace
from datetime import date
from html.parser import HTMLParser

from hypothesis import strategies as st

from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.facts import Facts
from tests.messages.samples import everything, milestone

#: One of each way out of a text: markup, lines, templates, headers, calendars, typesetting.
WAYS_OUT = (
    '<img src=x onerror="alert(1)">',
    "</p></main></body><script>alert(1)</script>",
    "<!-- ",
    "--><b>",
    "]]>",
    "&lt;b&gt;&amp;&#60;b&#62;",
    "' onmouseover='alert(1)",
    '" style="position:fixed',
    "javascript:alert(1)",
    "https://evil.example/pay www.evil.example evil.example/x",
    "\r\nBcc: victim@example.org",
    "\nSubject: other\n\nother body",
    "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:other",
    "a;b,c:d\\n\\;",
    "{{ 7 * 7 }}",
    "{% include '/etc/passwd' %}",
    "{# ",
    "{{ salutation.__class__ }}",
    '#read("/etc/passwd") $x$ `y` @z <w> //',
    "%s %(x)s {0} {x}",
    "\x00\x01\x1b[31m\x7f\x85",
    "\u2028\u2029\u200b\ufeff\u00ad",
    "\u202egnirts\u2066\u2069\u200f",
    "ليلى بن علي",
    "李娜",
    "😀👨\u200d👩\u200d👧",
    "e\u0301" * 40,
    "x" * 300,
    "x " * 150,
    "",
    "   ",
    "None",
)

#: Whatever fits between two of them, but the lone halves of characters that JSON may not hold.
_ANYTHING = st.text(st.characters(codec="utf-8"), max_size=40)

#: One field of a form, as its sender typed it.
typed = (st.tuples(_ANYTHING, st.sampled_from(WAYS_OUT), _ANYTHING).map("".join) | _ANYTHING).map(
    lambda text: text[:300]
)

#: What the door takes for an id.
ids = st.text("AZaz09_-", min_size=1, max_size=64)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Everything in a dossier that somebody outside has typed."""

    given_name: str
    family_name: str
    phone: str
    recepisse_number: str
    missing_documents: tuple[str, ...]
    dossier_id: str

    def facts(self, language: Language) -> Facts:
        """The facts of a dossier with these words in it."""
        contact = Contact(
            given_name=self.given_name,
            family_name=self.family_name,
            email=self.family_name,
            phone=self.phone,
            number="+33612345678",
            mobile="+33612345678",
            language=language,
        )
        visit, deposit = (milestone(date(2019, 5, 14)) for _ in range(2))
        return replace(
            everything(language),
            contact=contact,
            incomplete=replace(visit, missing_documents=self.missing_documents),
            deposited=replace(deposit, recepisse_number=self.recepisse_number),
            collected=replace(milestone(date(2019, 7, 9)), card_expires_on=date(2020, 7, 8)),
        )


hostile = st.builds(
    Typed,
    given_name=typed.map(lambda text: text[:200]),
    family_name=typed.map(lambda text: text[:200]),
    phone=typed,
    recepisse_number=typed,
    # One of them says something: without any, the letter has another sentence.
    missing_documents=st.tuples(typed, typed, st.just("Zwetschge")),
    dossier_id=ids,
)

#: The same dossier in good faith. These words are in no text of ours.
PLAIN = Typed(
    given_name="Zébulon",
    family_name="Quiquemelle",
    phone="+33612345678",
    recepisse_number="Z-77",
    missing_documents=("Zwieback", "Zwetschge", "Zwetschge"),
    dossier_id="Z-42",
)
TYPED_IN_GOOD_FAITH = ("Zébulon", "Quiquemelle", "Z-77", "Zwieback", "Zwetschge", "Z-42")


#: An element, with its attributes.
Element = tuple[str, tuple[tuple[str, str | None], ...]]


class Elements(HTMLParser):
    """Every element and attribute of a document, with where each link leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Element] = []
        self.feed(html)
        self.close()

    def updatepos(self, i: int, j: int) -> int:
        """Nobody asks in which line something stands."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(attrs)))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", ((data, None),)))
