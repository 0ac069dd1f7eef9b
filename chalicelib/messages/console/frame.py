"""What stands around every page of the console: who reads it, and what was just done or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.consequences import Consequence
from chalicelib.domain.operators import Operator


@dataclass(frozen=True, kw_only=True)
class FormRefusal:
    """A form that was refused: which one, at which field, why, and what was typed into it.

    `form` is the action, with `-subject` where one page has several forms of it.
    """

    form: str
    field: str
    message: str
    typed: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Flash:
    """What an act answered, to be said once: a code, for whose words see `flashes` in `words.toml`,
    the numbers in them, and what follows.
    """

    code: str
    counted: Mapping[str, int] = field(default_factory=dict)
    consequence: Consequence | None = None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Everything a page holds that is not about its subject.

    `operator` is None before the sign-in. `form_token` and `nonce` go into every form: the one
    shows that it is ours, the other that it was pressed once. `notice` is the code of what was just
    done, `counted` are the numbers in its words, and `follows` is what follows from it. So many
    webhooks are `quarantined`, or more if that is `counted_at_most`.
    """

    operator: Operator | None = None
    form_token: str = ""
    nonce: str = ""
    path: str = ""
    notice: str = ""
    counted: Mapping[str, int] = field(default_factory=dict)
    follows: Sequence[str] = ()
    quarantined: int = 0
    counted_at_most: int | None = None
    refusal: FormRefusal | None = field(default=None)

    @property
    def are_more_quarantined(self) -> bool:
        """Whether there may be more webhooks in quarantine than were counted."""
        return self.quarantined == self.counted_at_most

    @property
    def asks(self) -> bool:
        """Whether nothing is wrong with the form: it asks once more whether somebody means it."""
        return self.refusal is not None and self.refusal.field == "even_so"

    def error_of(self, form: str, name: str) -> str:
        """What is wrong with a field; empty if nothing is."""
        it = self.refusal
        return it.message if it and (it.form, it.field) == (form, name) else ""

    def typed_into(self, form: str, name: str, otherwise: str = "") -> str:
        """What was typed into a field of a refused form, or what else it holds."""
        it = self.refusal
        return it.typed.get(name, otherwise) if it and it.form == form else otherwise

    def is_refused(self, form: str) -> bool:
        """Whether this form was refused: then it stands open."""
        return self.refusal is not None and self.refusal.form == form
