"""How to reach a student, as people and systems write it: one reading for every door."""

import re

from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.errors import Unusable

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_LANGUAGES = {language.value: language for language in Language}


def contact_of(
    *,
    given_name: str,
    family_name: str,
    email: str | None,
    phone: str | None,
    language: str | None,
    path: str,
) -> Contact:
    """An address or number that nobody could use is kept as given: the desk will see it.

    Raises Unusable for a language that no text is in; `path` says where it stood.
    """
    if language is not None and language not in _LANGUAGES:
        message = f"{path}.language: neither fr nor en"
        raise Unusable(message)
    return Contact(
        given_name=given_name,
        family_name=family_name,
        email=email,
        phone=phone,
        mobile=phone if phone and _takes_sms(phone) else None,
        language=_LANGUAGES.get(language or "", Language.FR),
    )


def international(phone: str) -> str | None:
    """A number as people in France write it, in E.164 form; None where it is none."""
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, "FR")
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _takes_sms(phone: str) -> bool:
    """Whether this is an E.164 number of a mobile. The library alone would let letters pass."""
    import phonenumbers
    from phonenumbers import PhoneNumberType

    if not _E164.fullmatch(phone):
        return False
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return False
    mobile = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in mobile
