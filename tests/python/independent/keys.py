"""Keyed hashes and masks: what is published in the place of a name or number (decision 3).

A keyed hash is the first 32 hexadecimal digits of SHA-256 over the salt, `|` and a text; which
text it is of each key is in `docs/identity.md`, section "Keys".
"""

from __future__ import annotations

import hashlib
from typing import Any


def keyed_hash(salt: str, text: str | None) -> str | None:
    """First 32 hexadecimal digits of SHA-256 over `salt|text`; None stays None."""
    if text is None:
        return None
    return hashlib.sha256(f"{salt}|{text}".encode()).hexdigest()[:32]


def joined(*parts: str | None) -> str | None:
    """The parts with `|` between them; None where one is missing."""
    return None if None in parts else "|".join(str(part) for part in parts)


# -- profiles --------------------------------------------------------------------------------


def shopper_key(card_no: str | None, phone: str | None) -> str | None:
    """Natural key of a till's customer: card and phone as seen together, one may be missing."""
    return contact_key(card_no, phone)


def contact_key(first: str | None, second: str | None) -> str | None:
    """Natural key of a record that is known by contacts alone: two of them, one may be missing."""
    return f"{first or ''}|{second or ''}" if first or second else None


def wechat_key(app_id: str | None, openid: str | None) -> str | None:
    """Natural key of a WeChat user: an openid counts within its app only."""
    return joined(app_id, openid)


def profile_id(salt: str, profile_type: str, natural_key: str | None) -> str | None:
    """Keyed hash of `profile_type|natural_key`; None for a record that names nobody.

    The natural key of a crm_member is its member_id, of a web_account the user_id, of a
    web_cookie the anonymous_id, of the others see shopper_key and wechat_key.
    """
    return keyed_hash(salt, joined(profile_type, natural_key))


def member_profile(salt: str, member_id: str | None) -> str | None:
    """profile_id of a CRM member."""
    return profile_id(salt, "crm_member", member_id)


def shopper_profile(salt: str, card_no: str | None, phone: str | None) -> str | None:
    """profile_id of a till's customer; a caller who names no membership has the phone alone."""
    return profile_id(salt, "pos_shopper", shopper_key(card_no, phone))


def account_profile(salt: str, user_id: str | None) -> str | None:
    """profile_id of a web login."""
    return profile_id(salt, "web_account", user_id)


def cookie_profile(salt: str, anonymous_id: str | None) -> str | None:
    """profile_id of a browser."""
    return profile_id(salt, "web_cookie", anonymous_id)


def guest_profile(
    salt: str, phone: str | None, email: str | None, system: str = "web"
) -> str | None:
    """profile_id of a guest without a cookie or buyer id: phone and e-mail of the order."""
    return profile_id(salt, f"{system}_guest", contact_key(phone, email))


def buyer_profile(salt: str, buyer_id: str | None) -> str | None:
    """profile_id of a buyer of the marketplace."""
    return profile_id(salt, "marketplace_buyer", buyer_id)


def caller_profile(salt: str, phone: str | None) -> str | None:
    """profile_id of who calls the call centre, known by the phone alone."""
    return profile_id(salt, "call_centre_guest", contact_key(phone, None))


def community_profile(salt: str, user_id: str | None) -> str | None:
    """profile_id of a member of the community."""
    return profile_id(salt, "community_account", user_id)


def wechat_profile(salt: str, app_id: str | None, openid: str | None) -> str | None:
    """profile_id of a WeChat user."""
    return profile_id(salt, "wechat_user", wechat_key(app_id, openid))


def record_key(profile: dict[str, Any]) -> str:
    """What orders records whatever the salt: profile type, blank and natural key."""
    return f"{profile['profile_type']} {profile['natural_key']}"


# -- identifiers and customers ---------------------------------------------------------------


#: Types of identifier that are a system's own keys.
OWN_KEYS = ("member_id", "openid", "login", "cookie", "buyer_id")


def identifier_hash(salt: str, identifier_type: str, value: str, system: str) -> str:
    """Keyed hash of `identifier_type|namespace|value`.

    The namespace is the system whose own key the value is; a value that means the same in all
    systems has none.
    """
    return _hashed(salt, identifier_type, namespace(identifier_type, system), value)


def namespace(identifier_type: str, system: str) -> str:
    """The system within which a value of a type counts; none where it means the same in all."""
    return system if identifier_type in OWN_KEYS else ""


def first_one_id(salt: str, founder_profile_id: str, generation: int = 0) -> str:
    """Keyed hash of `one_id|founder|generation`: generation counts the founder's earlier ids."""
    return _hashed(salt, "one_id", founder_profile_id, str(generation))


def _hashed(salt: str, *parts: str) -> str:
    value = keyed_hash(salt, "|".join(parts))
    assert value is not None
    return value


#: Domains of mailboxes that anybody can have, as docs/identity.md lists them.
PROVIDERS = {
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com",
    "yahoo.co.jp", "yahoo.com.hk", "yahoo.com.tw", "icloud.com", "me.com", "aol.com", "proton.me",
    "protonmail.com", "gmx.net", "gmx.de", "web.de", "t-online.de", "orange.fr", "free.fr",
    "libero.it", "mail.ru", "yandex.ru", "qq.com", "vip.qq.com", "foxmail.com", "163.com",
    "126.com", "yeah.net", "139.com", "189.cn", "sina.com", "sina.cn", "sohu.com", "aliyun.com",
    "naver.com", "daum.net", "hanmail.net",
}  # fmt: skip


# -- masks -----------------------------------------------------------------------------------


def mask_phone(phone: str | None) -> str | None:
    """First three characters (+86) and last two digits."""
    return None if phone is None else f"{phone[:3]}****{phone[-2:]}"


def mask_email(email: str | None) -> str | None:
    """First letter, and the domain of a provider; nothing where there is no domain."""
    if email is not None and "@" not in email:
        return "****"
    if email is None:
        return None
    domain = email[email.index("@") + 1 :]
    return f"{email[:1]}***@{domain}" if domain in PROVIDERS else f"{email[:1]}***"


def mask_identifier(identifier_type: str, value: str) -> str:
    """Phone and e-mail as above; of any other the two ends from eight characters, else nothing."""
    if identifier_type == "phone":
        return mask_phone(value) or ""
    if identifier_type == "email":
        return mask_email(value) or ""
    return f"{value[:2]}****{value[-2:]}" if len(value) >= 8 else "****"
