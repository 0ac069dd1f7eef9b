"""Everything Relance can refuse or fail at, as one tree.

RelanceError
├── Never                    it will fail again: do not retry
│   ├── Malformed            a webhook whose headers are not what the standard asks for
│   ├── Unauthentic          a webhook that its sender has not signed, or not just now
│   ├── Unusable             authentic, but the content cannot be used
│   │   └── FormRefused      a form of the desk, with a word for whoever filled it in
│   ├── WithoutEffect        a word of the desk that would change nothing
│   ├── SignInRefused        somebody is not let in, for a reason that is not told
│   ├── PasswordTooWeak      a new password that the rules do not take
│   ├── RotationRefused      a step of a rotation that would lose a key, or makes no sense
│   ├── TextFailed           a text, page or document cannot be composed
│   │   └── MissingText      its language has none
│   └── Unreadable           a dossier that this program cannot read, and so leaves as it is
│       └── NewerDocument    written by a newer program than this one
├── TryLater                 the same call may succeed later
│   ├── LostRace             somebody else changed the dossier since it was loaded
│   ├── SignInUnavailable    nobody can be let in now, whoever it is
│   ├── StillSending         a worker holds a message of this dossier
│   ├── StillSuppressed      an address to be forgotten is on a provider's list
│   └── StorageUnavailable   what we know cannot be read or written now
└── NotSent                  a provider's answer that is not "accepted"
    ├── Ambiguous            it may have left, it may not
    ├── NotNow               throttled or not connected: nothing has left
    ├── OurAccount           quota, permission, budget: the channel is at fault, not the person
    ├── BadRequest           what we asked for is refused: this message, or all that we send
    └── BadRecipient         this address or number will never take it
"""


class RelanceError(Exception):
    """Something Relance refuses or cannot do."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


class Never(RelanceError):
    """It will fail again: do not retry."""


class Malformed(Never):
    """The headers are not what Standard Webhooks asks for."""


class Unauthentic(Never):
    """The signature does not hold, or is not of this moment."""


class Unusable(Never):
    """The content is authentic but cannot be used."""


class FormRefused(Unusable):
    """A field of a form of the desk has to be put right."""

    #: For the person in front of the form: French, and it repeats nothing that was typed.
    message: str

    def __init__(self, field: str = "", message: str = "") -> None:
        super().__init__(message and f"{field}: {message}")
        self.field, self.message = field, message


class WithoutEffect(Never):
    """What a person asked for would change nothing; `reason` is a short code."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class SignInRefused(Never):
    """Somebody is not let in."""


class PasswordTooWeak(Never):
    """The new password is not what the rules ask for."""


class RotationRefused(Never):
    """The keys are not rotated so, or not now."""


class TextFailed(Never):
    """A text or document cannot be composed."""


class MissingText(TextFailed):
    """A language lacks a text, or a piece or a word of it."""


class Unreadable(Never):
    """This program cannot read a dossier: whatever is in it stays as it is, and a person hears."""

    def __init__(self, why: str = "", dossier_id: str = "") -> None:
        super().__init__(why)
        #: In words of ours: where in it, never what stands there.
        self.why = str(self)
        self.dossier_id = dossier_id


class NewerDocument(Unreadable):
    """written by a newer version of this program"""


class TryLater(RelanceError):
    """The same call may succeed later."""


class LostRace(TryLater):
    """Somebody else changed the dossier since it was loaded."""


class SignInUnavailable(TryLater):
    """Nobody can be let in now."""


class StillSending(TryLater):
    """A message of this dossier is being sent: in five minutes at most it is not."""


class StillSuppressed(TryLater):
    """The provider has not taken an address off its list yet: ask again."""


class StorageUnavailable(TryLater):
    """What we know cannot be read or written now."""


class NotSent(RelanceError):
    """The provider did not say that it accepted the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Ambiguous(NotSent):
    """The answer was lost: the message may have left."""


class NotNow(NotSent):
    """Throttled or not connected: nothing has left."""


class OurAccount(NotSent):
    """The channel refuses us, whoever the recipient is."""


class BadRequest(NotSent):
    """Our request is refused, and neither our account nor the address is said to be why. Once that
    is about the message; for one dossier after another it is about us.
    """


class BadRecipient(NotSent):
    """This address or number will never take the message."""
