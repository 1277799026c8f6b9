"""Identifiers people own: phones, addresses, cards, logins, openids.

Each is a bijection of the person's number, so that no two people share one
by accident, at any scale; sharing happens on purpose only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from one360.datasets.simulate import mess
from one360.datasets.simulate.people import People
from one360.datasets.simulate.text import (
    Bools,
    Ints,
    assemble,
    hexed,
    join,
    numbered,
    scrambled,
    take,
    words,
)

_MOBILE = np.array(
    [
        int(prefix)
        for prefix in words(
            """
            130 131 132 133 134 135 136 137 138 139 150 151 152 153 155 156
            157 158 159 166 176 177 178 180 181 182 183 185 186 187 188 189
            191 198 199
            """
        )
    ]
)
_HONG_KONG = np.array([94, 96, 97, 64, 65, 67, 91, 92])
_LANDLINE = np.array([106, 216, 108, 215, 218])  # area code and first digit
_FOREIGN = np.array([1415, 1212, 1646])  # then 2 and six digits
_DOMAINS = (
    "@163.com",
    "@126.com",
    "@gmail.com",
    "@outlook.com",
    "@icloud.com",
    "@sina.com",
    "@foxmail.com",
    "@qq.com",
)
_DOMAIN_SHARES = (0.21, 0.09, 0.08, 0.07, 0.05, 0.05, 0.05, 0.40)
STAFF_BASE = 2_000_000_000  # numbers above any person's
GIFT_BASE = 2_100_000_000
CALLER_BASE = 2_700_000_000

APPS = ("wx_mini_mall", "wx_official", "wx_member_club")
APP_SHARES = (1.0, 0.55, 0.25)  # of WeChat users; the first is the shop
SHARED_SLOT = 7  # of the eight cookie slots of a person: a shared computer
# People known to two systems who left one identifier in both.
LINKED = 0.98


def _permuted(index: Ints, size: int, salt: int) -> Ints:
    """Bijection of 0…size-1 for a size that is a power of ten times odd."""
    return (index * 1_000_003 + salt * 7_919) % size


def mobile_numbers(index: Ints, salt: int) -> Ints:
    """E.164 digits of mainland mobiles, distinct for distinct index."""
    place = (index * 1_327_217_887 + salt) % (len(_MOBILE) * 10**8)
    digits = _MOBILE[place // 10**8] * 10**8 + place % 10**8
    result: Ints = 86 * 10**11 + digits
    return result


def own_phones(rng: np.random.Generator, people: People, salt: int) -> Ints:
    """The phone of each person as E.164 digits; households share one."""
    index = people.index
    phones = mobile_numbers(index, salt)
    kind = rng.random(people.n)
    seven = _permuted(index, 10**7, salt)
    edge = mess.PHONE_HONG_KONG
    hong_kong = kind < edge
    which = index % len(_HONG_KONG)
    phones[hong_kong] = (852 * 10**8 + _HONG_KONG[which] * 10**6 + seven % 10**6)[hong_kong]
    landline = (kind >= edge) & (kind < edge + mess.PHONE_LANDLINE)
    which = index % len(_LANDLINE)
    phones[landline] = (86 * 10**10 + _LANDLINE[which] * 10**7 + seven)[landline]
    edge += mess.PHONE_LANDLINE
    foreign = (kind >= edge) & (kind < edge + mess.PHONE_FOREIGN)
    which = index % len(_FOREIGN)
    phones[foreign] = (_FOREIGN[which] * 10**7 + 2 * 10**6 + seven % 10**6)[foreign]
    shared = people.household >= 0
    phones[shared] = mobile_numbers(people.household[shared], salt)
    return phones


def own_emails(rng: np.random.Generator, people: People, salt: int) -> pa.StringArray:
    """The address of each person, lower case; distinct."""
    n = people.n
    domain = rng.choice(len(_DOMAINS), n, p=_DOMAIN_SHARES)
    number = _permuted(people.index, 10**8, salt)
    local = join(people.names.pinyin(), pa.array(number).cast(pa.string()))
    at = np.flatnonzero(domain == len(_DOMAINS) - 1)
    rest = np.flatnonzero(domain != len(_DOMAINS) - 1)
    local = assemble(
        [
            (at, numbered("8", number[at], 8)),
            (rest, local.take(pa.array(rest))),
        ],
        n,
    )
    return join(local, take(_DOMAINS, domain))


@dataclass
class Identities:
    """Identifiers of n people; arrays have shape (n,) unless said.

    A member number is 2 × person (+ 1 for the second membership); a cookie
    number is 8 × person + slot.
    """

    phone: Ints
    email: pa.StringArray
    unionid: pa.StringArray
    user_id: pa.StringArray
    is_double_member: Bools
    crm_phone: Ints  # 0 = not given
    crm_has_email: Bools
    crm_has_unionid: Bools
    web_phone: Ints
    web_has_email: Bools
    web_has_unionid: Bools
    wechat_phone: Ints
    cookies: Ints  # how many of the person's slots are in use
    shares_device_with: Ints  # number of the device's first owner, -1 = none
    salt: int

    def member_ids(self, members: Ints) -> pa.StringArray:
        """Member ids by member number."""
        return numbered("M", _permuted(members, 10**9, self.salt), 9)

    def cards(self, members: Ints) -> pa.StringArray:
        """Normalised card numbers by member number."""
        return numbered("VC", _permuted(members, 10**9, self.salt + 5), 9)

    def cookie_ids(self, cookies: Ints) -> pa.StringArray:
        """anonymous_id by cookie number."""
        return hexed("c", scrambled(cookies, self.salt + 11))

    def openids(self, users: Ints) -> pa.StringArray:
        """Openid by WeChat user number, 4 × person + app."""
        return hexed("oX5", scrambled(users, self.salt + 13))


def draw_identities(rng: np.random.Generator, people: People, salt: int) -> Identities:
    """Give people their identifiers and decide which system knows which.

    A person known to two systems nearly always left one identifier in both,
    as one who is to be recognised must; the rates of missing values apply to
    the rest.
    """
    n = people.n
    phone = own_phones(rng, people, salt)
    shared_phone = people.household >= 0
    crm_phone = np.where(rng.random(n) < mess.PHONE_MISSING_CRM, 0, phone)
    web_phone = np.where(rng.random(n) < mess.PHONE_MISSING_WEB, 0, phone)
    crm_email = rng.random(n) >= mess.EMAIL_MISSING_CRM
    web_email = rng.random(n) >= mess.EMAIL_MISSING_WEB
    web_email |= web_phone == 0
    linked = rng.random(n) < LINKED
    phone_tells = (crm_phone > 0) & (web_phone > 0) & ~shared_phone
    crm_email |= linked & people.has_web & ~phone_tells
    web_email |= linked & people.is_member & ~phone_tells

    in_wechat = people.has_wechat
    crm_unionid = people.is_member & in_wechat & (rng.random(n) < 0.45)
    web_unionid = people.has_web & in_wechat & (rng.random(n) < 0.3)
    # Whom only receipts and WeChat know gave the phone to both; households
    # hardly give theirs.
    gives = rng.random(n) < np.where(shared_phone, 0.1, 0.6)
    gives |= linked & ~(people.is_member | people.has_web | shared_phone)
    wechat_phone = np.where(gives, phone, 0)
    tells = (wechat_phone > 0) & ~shared_phone
    crm_unionid |= people.is_member & in_wechat & linked & ~(tells & (crm_phone > 0)) & ~web_unionid
    web_unionid |= (
        people.has_web & in_wechat & linked & ~people.is_member & ~(tells & (web_phone > 0))
    )
    device = np.full(n, -1)
    holders = np.flatnonzero(people.has_web & ~shared_phone)
    pairs = round(len(holders) * mess.SHARED_DEVICE_PEOPLE / 2)
    if pairs:
        chosen = rng.choice(holders, 2 * pairs, replace=False)
        device[chosen[:pairs]] = people.index[chosen[:pairs]]
        device[chosen[pairs:]] = people.index[chosen[:pairs]]
    cookies = rng.choice([1, 2, 3, 4, 5], n, p=[0.42, 0.3, 0.16, 0.08, 0.04])
    cookies[~people.has_web] = 1 + (rng.random(int((~people.has_web).sum())) < 0.06)
    return Identities(
        phone=phone,
        email=own_emails(rng, people, salt),
        unionid=hexed("uN", scrambled(people.index, salt + 17)),
        user_id=numbered("U", _permuted(people.index, 10**8, salt + 3), 8),
        is_double_member=people.is_member & (rng.random(n) < mess.REGISTERED_TWICE),
        crm_phone=crm_phone,
        crm_has_email=crm_email,
        crm_has_unionid=crm_unionid,
        web_phone=web_phone,
        web_has_email=web_email,
        web_has_unionid=web_unionid,
        wechat_phone=wechat_phone,
        cookies=cookies,
        shares_device_with=device,
        salt=salt,
    )


def staff_phones(scale: float, salt: int) -> Ints:
    """Phones of the shop staff who enter their own, E.164 digits."""
    count = round(mess.STAFF_PHONES_PER_10_000 * scale)
    count = min(max(count, 3), mess.STAFF_PHONES_MOST)
    return mobile_numbers(STAFF_BASE + np.arange(count), salt)


def masked(values: pa.Array, given: Bools) -> pa.Array:
    """Values where given, else null."""
    return pc.if_else(pa.array(given), values, pa.scalar(None, values.type))
