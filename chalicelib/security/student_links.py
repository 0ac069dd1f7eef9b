"""Signed links: each opens one thing for one student, and nobody can make one up."""

from collections.abc import Mapping, Sequence

from itsdangerous import BadSignature

from chalicelib.domain.links import Bound, Purpose
from chalicelib.security.signing import serializer

#: What a token says behind the dossier's id. A code on paper is shown to others for months, and who
#: wants no reminders may say so from any mail: neither ends with the address.
_SAYS: Mapping[Purpose, tuple[str, ...]] = {
    Purpose.CONFIRM: ("revision", "generation"),
    Purpose.CONVOCATION: ("revision", "generation"),
    Purpose.PROOF: ("revision",),
    Purpose.DOSSIER: ("generation",),
    Purpose.UNSUBSCRIBE: (),
}


class StudentLinks:
    """The pipeline's Links. `keys` are newest first; all are read, and the second signs. `site` is
    where all pages are, without a final slash.
    """

    def __init__(self, keys: Sequence[str], base_url: str) -> None:
        self._keys = keys
        self.site = base_url.rstrip("/")

    def confirm(self, dossier_id: str, revision: str, generation: str) -> str:
        """The page with the one button."""
        return self._url(Purpose.CONFIRM, dossier_id, revision, generation)

    def convocation(self, dossier_id: str, revision: str, generation: str) -> str:
        """The convocation as a page; `/pdf` and `/ics` follow it."""
        return self._url(Purpose.CONVOCATION, dossier_id, revision, generation)

    def proof(self, dossier_id: str, revision: str) -> str:
        """Where the convocation's QR code leads."""
        return self._url(Purpose.PROOF, dossier_id, revision)

    def dossier(self, dossier_id: str, generation: str) -> str:
        """Where is my dossier?"""
        return self._url(Purpose.DOSSIER, dossier_id, generation)

    def unsubscribe(self, dossier_id: str) -> str:
        """No more renewal reminders."""
        return self._url(Purpose.UNSUBSCRIBE, dossier_id)

    def read(self, purpose: Purpose, token: str) -> Bound | None:
        """What a token was made for; None when it is not ours, or is for something else."""
        try:
            dossier_id, *said = serializer(self._keys, _salt(purpose)).loads(token)
            more = dict(zip(_SAYS[purpose], said, strict=True))
        except (BadSignature, ValueError):
            return None
        return Bound(purpose=purpose, dossier_id=dossier_id, **more)

    def _url(self, purpose: Purpose, *what: str) -> str:
        return f"{self.site}/{purpose}/{serializer(self._keys, _salt(purpose)).dumps(what)}"


def _salt(purpose: Purpose) -> str:
    return f"relance.{purpose}"
