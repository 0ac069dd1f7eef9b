"""Signed links: each opens one thing for one student, and nobody can make one up."""

from collections.abc import Sequence

from itsdangerous import BadSignature, URLSafeSerializer

from chalicelib.domain.keys import signing_last
from chalicelib.domain.links import Bound, Purpose


class StudentLinks:
    """The pipeline's Links. `keys` are newest first; all are read, and the second signs. `site` is
    where all pages are, without a final slash.
    """

    def __init__(self, keys: Sequence[str], base_url: str) -> None:
        self._keys = signing_last(keys)  # as itsdangerous wants them
        self.site = base_url.rstrip("/")

    def confirm(self, dossier_id: str, revision: str) -> str:
        """The page with the one button."""
        return self._url(Purpose.CONFIRM, dossier_id, revision)

    def convocation(self, dossier_id: str, revision: str) -> str:
        """The convocation as a page; `/pdf` and `/ics` follow it."""
        return self._url(Purpose.CONVOCATION, dossier_id, revision)

    def proof(self, dossier_id: str, revision: str) -> str:
        """Where the convocation's QR code leads."""
        return self._url(Purpose.PROOF, dossier_id, revision)

    def dossier(self, dossier_id: str) -> str:
        """Where is my dossier?"""
        return self._url(Purpose.DOSSIER, dossier_id)

    def unsubscribe(self, dossier_id: str) -> str:
        """No more renewal reminders."""
        return self._url(Purpose.UNSUBSCRIBE, dossier_id)

    def read(self, purpose: Purpose, token: str) -> Bound | None:
        """What a token was made for; None when it is not ours, or is for something else."""
        try:
            dossier_id, *revision = self._serializer(purpose).loads(token)
        except (BadSignature, ValueError):
            return None
        return Bound(
            purpose=purpose, dossier_id=dossier_id, revision=revision[0] if revision else None
        )

    def _url(self, purpose: Purpose, *what: str) -> str:
        return f"{self.site}/{purpose}/{self._serializer(purpose).dumps(what)}"

    def _serializer(self, purpose: Purpose) -> URLSafeSerializer:
        return URLSafeSerializer(self._keys, salt=f"relance.{purpose}")
