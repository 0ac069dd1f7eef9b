"""How a student can be reached, and in which language."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

#: The countries where our SMS go, by the codes that E.164 numbers begin with: France, and what is
#: dialled as in France: Réunion and Mayotte, Guadeloupe and the islands to its north, Guyane,
#: Martinique. The service itself is told the same (`SmsCountries` in infra/resources.yaml).
SMS_CODES = ("+33", "+262", "+590", "+594", "+596")

#: RFC 5321, 4.5.3.1, in bytes; a path is two angle brackets longer than its address.
LOCAL_PART_AT_MOST, ADDRESS_AT_MOST = 64, 254

# SES takes ASCII local parts only; the domain must have a dot. Stricter than RFC 5322, on purpose.
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+", re.ASCII)
_DOMAIN = re.compile(
    r"(?=.{4,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9])",
    re.ASCII,
)
#: IDNA 2003, which Python knows, makes another domain of these than IDNA 2008: none of ours then.
#: https://www.unicode.org/reports/tr46/#Deviations
_DEVIATIONS = re.compile("[ßẞς\u200c\u200d]")
_TYPED_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")
_PRIMARY_SUBTAG = re.compile(r"\s*([a-z]+)", re.ASCII)


class Language(StrEnum):
    """The languages that there are texts in: a desk offers some of them."""

    FR = "fr"
    EN = "en"
    ES = "es"


#: What tags of these languages begin with: two letters by BCP 47, three in other people's tables.
_LANGUAGES: Mapping[str, Language] = {
    **{language.value: language for language in Language},
    "fra": Language.FR,
    "fre": Language.FR,
    "eng": Language.EN,
    "spa": Language.ES,
}


def nearest(tag: str) -> Language | None:
    """The language of a tag (`fr-FR`, `EN`, `en_GB`), whatever comes after its first part (the
    lookup of RFC 4647, 3.4); None where no text is in it.
    """
    primary = _PRIMARY_SUBTAG.match(tag.casefold())
    return _LANGUAGES.get(primary.group(1)) if primary else None


class Channel(StrEnum):
    """Where a notice goes. A person is a channel too."""

    EMAIL = "email"
    SMS = "sms"
    DESK = "desk"


class NoMail(StrEnum):
    """Why an e-mail address is none that a provider could take."""

    BLANK = "email_blank"  #: a blank inside
    PARTS = "email_parts"  #: not one part, one @ and one part
    LENGTH = "email_length"  #: longer than RFC 5321 allows
    DOTS = "email_dots"  #: a dot first, last or twice before the @
    LETTERS = "email_letters"  #: a character before the @ that SES does not take
    DOMAIN = "email_domain"  #: what is after the @ is no domain
    SHARED = "email_shared"  #: of more dossiers than a family has


class NoSms(StrEnum):
    """Why a student gets no SMS."""

    NO_NUMBER = "no_number"  #: none is known
    UNREADABLE = "unreadable"  #: what was given is no telephone number
    ABROAD = "abroad"  #: of a country where our SMS do not go
    LANDLINE = "landline"  #: of France, and no mobile
    SHARED = "shared"  #: of more dossiers than a family has


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One `student` block as its sender gave it.

    `phone` is what was given, for people to read. `number` is the same in E.164 form, where it is a
    telephone number, and `mobile` that again, where it takes our SMS: a door decides both, with a
    phone-number library. `language` is None where nobody said one, or one that no text is in;
    `language_given` is the tag that was given, where it is not the language. On the channels of
    `crowded` the address is that of many other dossiers: nothing goes there on a machine's word.
    """

    given_name: str
    family_name: str
    email: str | None = None
    phone: str | None = None
    number: str | None = None
    mobile: str | None = None
    language: Language | None = None
    language_given: str | None = None
    crowded: tuple[Channel, ...] = ()

    @property
    def mail_address(self) -> str | None:
        """The e-mail address as it is sent to, when it is one that a provider could take."""
        return mailbox(self.email) if self.email and not self.no_mail else None

    @property
    def no_mail(self) -> NoMail | None:
        """Why nothing can be sent to the e-mail address that was given."""
        if self.email and Channel.EMAIL in self.crowded:
            return NoMail.SHARED
        return fault_of(self.email) if self.email else None

    @property
    def text_number(self) -> str | None:
        """The mobile as it is sent to, when it may be."""
        return self.mobile if Channel.SMS not in self.crowded else None

    @property
    def no_sms(self) -> NoSms | None:
        """Why nothing can be sent to a mobile."""
        if self.mobile:
            return NoSms.SHARED if self.text_number is None else None
        if not self.phone:
            return NoSms.NO_NUMBER
        if not self.number:
            return NoSms.UNREADABLE
        return NoSms.LANDLINE if self.number.startswith(SMS_CODES) else NoSms.ABROAD

    @property
    def other_language(self) -> str | None:
        """The language that was asked for, where no text is in it."""
        return self.language_given if self.language is None else None

    @property
    def as_read(self) -> "Contact":
        """The same, however its number is spelt: another spelling is no other contact."""
        return replace(self, phone=self.number or self.phone)


def edition_of(contact: Contact | None) -> str:
    """What tells a contact, or that there is none, from what somebody has made of it since. Nobody
    can read in it what it is of.
    """
    said = contact or Contact(given_name="", family_name="")
    parts = (said.given_name, said.family_name, said.email, said.phone, said.language_given)
    return sha256(repr((*parts, said.language and said.language.value)).encode()).hexdigest()[:16]


def mailbox(email: str) -> str:
    """An address as it travels: a domain with accents in the form that SES takes (Punycode).

    One that is no address stays as it is.
    """
    local, at, domain = email.rpartition("@")
    return local + at + (_encoded(domain) or domain)


def same_mailbox(one: Contact, other: Contact) -> bool:
    """Whether a message to both would arrive at one place: blanks and capitals make no other."""
    read, of_the_other = ("".join((c.email or "").split()).casefold() for c in (one, other))
    return mailbox(read) == mailbox(of_the_other)


def fault_of(email: str) -> NoMail | None:
    """What is wrong with an address, if it is none that a provider could take."""
    return next((fault for fault, has in _FAULTS.items() if has(email)), None)


def _encoded(domain: str) -> str | None:
    """A domain in ASCII; None for what is none."""
    if domain.isascii():
        return domain
    try:
        return None if _DEVIATIONS.search(domain) else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def _local_part(email: str) -> str:
    return email.rpartition("@")[0]


def _has_no_parts(email: str) -> bool:
    local, _, domain = email.rpartition("@")
    return not local or not domain or "@" in local


def _is_too_long(email: str) -> bool:
    # Measured before it is encoded as well: Python takes long over a long domain.
    is_endless = len(email) > ADDRESS_AT_MOST or len(_local_part(email)) > LOCAL_PART_AT_MOST
    return is_endless or len(mailbox(email)) > ADDRESS_AT_MOST


def _has_stray_dot(email: str) -> bool:
    return "" in _local_part(email).split(".")


def _has_other_letters(email: str) -> bool:
    return not _LOCAL_PART.fullmatch(_local_part(email))


def _has_no_domain(email: str) -> bool:
    domain = _encoded(email.rpartition("@")[2])
    return domain is None or not _DOMAIN.fullmatch(domain)


#: Each asks one thing, and knows that what stands above is in order.
_FAULTS: Mapping[NoMail, Callable[[str], object]] = {
    NoMail.BLANK: _TYPED_BLANK.search,
    NoMail.PARTS: _has_no_parts,
    NoMail.LENGTH: _is_too_long,
    NoMail.DOTS: _has_stray_dot,
    NoMail.LETTERS: _has_other_letters,
    NoMail.DOMAIN: _has_no_domain,
}
