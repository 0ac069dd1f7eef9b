"""STAND-IN for what a person does with a webhook in quarantine: the merge takes the real one."""

from enum import StrEnum


class Because(StrEnum):
    """Why nothing is to come of it. A choice, not free words: the audit holds no personal data."""

    SENT_AGAIN = "sent_again"
    KNOWN = "known"
    NOT_OURS = "not_ours"
    TRIAL = "trial"
