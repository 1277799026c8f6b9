"""What a phone number or an e-mail address looks like: one definition for all that looks for one.

Staging itself reads numbers by the rules of each country (``phone_rules``) and addresses by the
same parts of an address (macro ``normalise_email``). Patterns are of DuckDB and Spark alike.
"""

from __future__ import annotations

#: Characters of the part before the @, without * so that a mask is no address.
_MAILBOX = "0-9A-Za-z.!#$%&+/=?^_`{|}~-"
_LABEL = "[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?"
_TOP = "([A-Za-z]{2,63}|xn--[0-9A-Za-z-]+)"

#: An address anywhere in a text. After a mask's * it is a masked one.
EMAIL_IN_TEXT = rf"(^|[^*{_MAILBOX}])[{_MAILBOX}]+@({_LABEL}\.)+{_TOP}"

#: Chinese mobile numbers, as E.164 or bare, also as 138-1234-5678, and any in E.164. A digit, a
#: letter or a mask's * before or after means that it is a part of something else.
PHONE_IN_TEXT = (
    r"(^|[^0-9A-Za-z*])((\+?(00)?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}|\+[0-9]{8,15})"
    r"($|[^0-9A-Za-z*])"
)

#: In all that the two match, and quick to look for.
HINT_OF_CONTACT = "[0-9]{4}|@"

#: What people type where they are asked for one. Seven to fifteen digits of any script, with what
#: is written between them, also as 138****1234; something around an @, with a dot after it.
PHONE_AS_TYPED = r"^[^0-9０-９A-Za-z]*(?:[0-9０-９](?:[^0-9０-９A-Za-z]{0,3}|\*{4,8})){7,15}$"
EMAIL_AS_TYPED = r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$"

#: What macros mask_phone and mask_email leave of a value.
MASKED_PHONE = r"^.{0,3}\*{4}.{0,2}$"
MASKED_EMAIL = r"^.?\*{3}(?:@[^@]+)?$"
