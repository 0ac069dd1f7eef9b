"""How to reach a student, as people and systems write it: one reading for every door.

What is judged here is what is sent to, kept and searched for. Nothing is refused: what nobody could
use is kept as it was given, and a person sees it.
"""

import re
import unicodedata

from chalicelib.decoding.visible import visible, visible_address
from chalicelib.domain.contact import SMS_CODES, Contact, nearest

#: Longer texts are none that anybody would write there.
NUMBER_AT_MOST = 100

#: The places that dial each other by ten digits (Arcep's numbering plan, decision 2018-0881): a
#: number is of one of them. Of those in 02 and 05 the library would take some of overseas for the
#: mainland's, so there overseas is asked first.
_MAINLAND, _OVERSEAS, _OVERSEAS_FIRST = ("FR",), ("RE", "YT", "GP", "GF", "MQ", "PM"), "25"

#: What people write before a number, and links to it begin with.
_LABEL = re.compile(
    r"\A\W*(?:t[ée]l(?:[ée]phone)?|portable|port|mobile|mob|gsm|sms|phone)\b", re.IGNORECASE
)
#: An address as mail programs show it: behind a name, in brackets, as a link, with a blank inside.
_ADDRESS = re.compile(r"(?:[^\s<>()\[\],;:\"]+\s?)?@(?:\s?[^\s<>()\[\],;:\"]+)?")
_WRITTEN = re.compile(r"\+?[0-9]{4,20}", re.ASCII)
_FROM_FRANCE = re.compile(r"(?:\+?33)?0?([1-9][0-9]{8})", re.ASCII)
#: Overseas as called from abroad, with its plus left out.
_WITHOUT_PLUS = re.compile(r"(?:262|508|590|594|596)0?[1-9][0-9]{8}", re.ASCII)


def contact_of(
    *,
    given_name: str,
    family_name: str,
    email: str | None,
    phone: str | None,
    language: str | None,
) -> Contact:
    """A `student` block: an address without what nobody sees in it, a number in both its forms."""
    number = number_of(phone or "")
    tag = visible(language or "").strip()
    spoken = nearest(tag)
    return Contact(
        given_name=visible(given_name),
        family_name=visible(family_name),
        email=visible_address(email or "") or None,
        phone=phone_as_given(phone or "") or None,
        number=number,
        mobile=number if number and _takes_sms(number) else None,
        language=spoken,
        language_given=tag if tag and tag != spoken else None,
    )


def phone_as_given(written: str) -> str:
    """A number as somebody wrote it, on one line and without what nobody sees."""
    return " ".join(visible(written).split())


def address_in(written: str) -> tuple[str, str]:
    """An e-mail address that stands in a text with an @, without blanks; and what is beside it."""
    found = _ADDRESS.search(visible_address(written))
    address = "".join(found.group().split()) if found else ""
    return address, " ".join(_ADDRESS.split(visible_address(written)))


def number_of(written: str) -> str | None:
    """A telephone number in E.164 form, as people in France write it; None for what is none.

    Without a plus or two zeros before it, it is one of France: whoever left out a digit has not
    written a number of Australia.
    """
    plain = _digits(written)
    if plain is None:
        return None
    if in_france := _FROM_FRANCE.fullmatch(plain):
        return _in_france(in_france.group(1))
    if _WITHOUT_PLUS.fullmatch(plain):
        plain = "+" + plain
    return _valid(plain) if plain.startswith("+") else None


def _in_france(national: str) -> str | None:
    """A number by its nine digits after the zero."""
    is_shared = national[0] in _OVERSEAS_FIRST
    places = _OVERSEAS + _MAINLAND if is_shared else _MAINLAND + _OVERSEAS
    return next(filter(None, (_valid("0" + national, place) for place in places)), None)


def _digits(written: str) -> str | None:
    """The digits of a number, and its plus; None where there are letters or signs among them.

    Whatever parts them says nothing, be it blank, dash, dot, slash or bracket.
    """
    if len(written) > NUMBER_AT_MOST:
        return None
    typed = unicodedata.normalize("NFKC", visible_address(written))
    plain = "".join(_digit(c) for c in _LABEL.sub("", typed) if not _parts(c))
    plain = re.sub(r"\A\+?00", "+", plain)
    return plain if _WRITTEN.fullmatch(plain) else None


def _parts(character: str) -> bool:
    return unicodedata.category(character)[0] in "ZPC" or character == "\N{MINUS SIGN}"


def _digit(character: str) -> str:
    """A digit of any script as one of ours; anything else as it is."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _valid(number: str, region: str | None = None) -> str | None:
    """A number that was given to somebody, or could be, in E.164 form."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _takes_sms(number: str) -> bool:
    """Whether our SMS go to this number: to a mobile, of where they are allowed to go."""
    import phonenumbers
    from phonenumbers import PhoneNumberType

    mobile = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    is_near = number.startswith(SMS_CODES)
    return is_near and phonenumbers.number_type(phonenumbers.parse(number)) in mobile
