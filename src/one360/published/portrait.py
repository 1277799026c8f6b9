"""One customer on a page: who it is, its tags by family, and why a tag has its value.

Everything is read from the published file, so nothing is shown that readers may not see.
"""

from __future__ import annotations

import difflib
import json
from typing import Any

import duckdb

from one360.errors import UsageError, one_line
from one360.paths import DatasetPaths
from one360.printing import table_lines
from one360.published.summary import open_published

LANGUAGES = ("en", "zh")

_NEAR = 3

#: More letters apart than this, an id is another one and no slip.
_SLIPS = 3

_WORDS = {
    "en": {
        "customer": "customer",
        "as_of": "as of",
        "now": "{given} was merged; it is {current} now",
        "phone": "phone",
        "email": "e-mail",
        "gender": "gender",
        "place": "place",
        "card": "card",
        "known": "known to",
        "profiles": "{count} profiles in {systems}",
        "seen": "seen",
        "contact": "contact",
        "contactable": "possible",
        "not_contactable": "not possible (no channel with consent and an address)",
        "no_tags": "no tag has a value",
        "inputs": "inputs",
        "thresholds": "thresholds",
        "rule": "rule",
        "version": "version {version}",
        "layer": "version {version}, layer {layer} holds",
        "missing": "none",
        "score": "score",
    },
    "zh": {
        "customer": "客户",
        "as_of": "截至",
        "now": "{given} 已合并，现为 {current}",
        "phone": "手机",
        "email": "邮箱",
        "gender": "性别",
        "place": "所在地",
        "card": "会员卡",
        "known": "来源",
        "profiles": "{count} 个档案，来自 {systems}",
        "seen": "首末次出现",
        "contact": "可否触达",
        "contactable": "可触达",
        "not_contactable": "不可触达（没有已授权且有联系方式的渠道）",
        "no_tags": "没有标签",
        "inputs": "依据",
        "thresholds": "阈值",
        "rule": "规则",
        "version": "第 {version} 版",
        "layer": "第 {version} 版，命中第 {layer} 层",
        "missing": "无",
        "score": "得分",
    },
}


def portrait(
    paths: DatasetPaths, one_id: str, tag: str | None = None, language: str = "en"
) -> list[str]:
    """The lines of a customer's portrait, or with ``tag`` of why the tag has its value.

    ``tag`` is a code or a name of the catalogue.

    Raises:
        One360Error: nothing is published.
        UsageError: the customer, the tag or the language is unknown, or the customer has
            no value of the tag.
    """
    if language not in LANGUAGES:
        raise UsageError(f"there is no language {language!r}; there are: {', '.join(LANGUAGES)}")
    connection = open_published(paths)
    try:
        current = _current_one_id(connection, one_id)
        words = _WORDS[language]
        lines = []
        if current != one_id:
            lines.append(words["now"].format(given=one_id, current=current))
        if tag is None:
            return (
                lines
                + _lines_of_person(connection, current, words)
                + _lines_of_tags(connection, current, words, language)
            )
        return lines + _lines_of_reason(
            connection, current, _tag_code(connection, tag), words, language
        )
    except duckdb.CatalogException as error:
        raise UsageError(f"what is published has no tags of this kind: {one_line(error)}") from None
    finally:
        connection.close()


def _current_one_id(connection: duckdb.DuckDBPyConnection, one_id: str) -> str:
    """Today's id of an id ever issued."""
    row = connection.execute(
        "select current_one_id from core.issued_one_ids where one_id = ?", [one_id]
    ).fetchone()
    if row and row[0]:
        return str(row[0])
    found = connection.execute(
        "select one_id from core.customers where one_id = ?", [one_id]
    ).fetchone()
    if found:
        return one_id
    if row:
        (retired_at,) = connection.execute(
            "select max(event_at) from core.one_id_ledger where one_id = ? and event = 'retired'",
            [one_id],
        ).fetchone() or (None,)
        if retired_at:
            raise UsageError(
                f"customer {one_id} is retired since {retired_at:%Y-%m-%d}: none of its records is"
                " in any source any more"
            )
        raise UsageError(f"customer {one_id} was erased")
    near = connection.execute(
        f"""
        select one_id from core.customers
        where (starts_with(one_id, $given) and length($given) >= 4)
            or levenshtein(one_id, $given) <= {_SLIPS}
        order by levenshtein(one_id, $given), one_id limit {_NEAR}
        """,
        {"given": one_id},
    ).fetchall()
    raise UsageError(
        f"there is no customer {one_id!r}"
        + (
            f"; near it: {', '.join(str(each[0]) for each in near)}"
            if near
            else "; core.customers has the one_ids of all"
        )
    )


def _tag_code(connection: duckdb.DuckDBPyConnection, tag: str) -> str:
    """The code of a tag given by code or by a name."""
    rows = connection.execute(
        "select tag_code, name_en, name_zh from tags.tag_catalogue where status = 'live'"
    ).fetchall()
    codes = {str(name).lower(): str(row[0]) for row in rows for name in row}
    wanted = tag.strip().lower()
    if wanted in codes:
        return codes[wanted]
    near = difflib.get_close_matches(wanted, codes, n=_NEAR, cutoff=0.4)
    near += [name for name in codes if wanted and wanted in name and name not in near]
    names = list(dict.fromkeys(codes[name] for name in near))[:_NEAR] or sorted(set(codes.values()))
    raise UsageError(f"there is no live tag {tag!r}; near it: {', '.join(names)}")


def _lines_of_person(
    connection: duckdb.DuckDBPyConnection, one_id: str, words: dict[str, str]
) -> list[str]:
    result = connection.execute("select * from core.customers where one_id = ?", [one_id])
    names = [column[0] for column in result.description or []]
    values = result.fetchone()
    person = dict(zip(names, values, strict=True)) if values else {}
    as_of = connection.execute("select max(as_of_date) from main.publication").fetchone()
    title = f"{words['customer']} {one_id}"
    if as_of and as_of[0]:
        title += f"  {words['as_of']} {as_of[0]}"
    place = " ".join(str(person[key]) for key in ("province", "city") if person.get(key))
    seen = " – ".join(
        f"{person[key]:%Y-%m-%d}" for key in ("first_seen_at", "last_seen_at") if person.get(key)
    )
    allowed = "contactable" if person.get("is_contactable") else "not_contactable"
    known = words["profiles"].format(
        count=person.get("profile_count"), systems=person.get("source_systems")
    )
    facts = {
        "phone": person.get("phone_masked"),
        "email": person.get("email_masked"),
        "gender": person.get("gender"),
        "place": place,
        "card": person.get("card_level"),
        "known": known,
        "seen": seen,
        "contact": words[allowed],
    }
    return [
        title,
        *table_lines([(words[key], str(value)) for key, value in facts.items() if value]),
    ]


def _lines_of_tags(
    connection: duckdb.DuckDBPyConnection, one_id: str, words: dict[str, str], language: str
) -> list[str]:
    rows = connection.execute(
        f"""
        select
            catalogue.family,
            catalogue.name_{language},
            coalesce(tag_values.name_{language}, customer_tags.tag_value),
            customer_tags.tag_code
        from tags.customer_tags as customer_tags
        inner join tags.tag_catalogue as catalogue
            on customer_tags.tag_code = catalogue.tag_code
        left join tags.tag_values as tag_values
            on
                customer_tags.tag_code = tag_values.tag_code
                and customer_tags.tag_value = tag_values.tag_value
        where customer_tags.one_id = ?
        order by catalogue.family, customer_tags.tag_code
        """,
        [one_id],
    ).fetchall()
    if not rows:
        return ["", words["no_tags"]]
    lines = []
    families = list(dict.fromkeys(str(row[0]) for row in rows))
    table = table_lines([(str(row[1]), f"{row[2]}  ({row[3]})") for row in rows])
    for family in families:
        lines += ["", family]
        lines += [line for line, row in zip(table, rows, strict=True) if row[0] == family]
    return lines


def _lines_of_reason(
    connection: duckdb.DuckDBPyConnection,
    one_id: str,
    tag_code: str,
    words: dict[str, str],
    language: str,
) -> list[str]:
    row = connection.execute(
        f"""
        select
            tag_name_{language}, tag_value, value_name_{language}, inputs, thresholds, layer,
            rule_version, tag_score, cast(as_of_date as varchar)
        from tags.customer_tag_reasons where one_id = ? and tag_code = ?
        """,
        [one_id, tag_code],
    ).fetchone()
    if row is None:
        has = connection.execute(
            "select tag_code from tags.customer_tags where one_id = ? order by 1", [one_id]
        ).fetchall()
        raise UsageError(
            f"customer {one_id} has no value of tag {tag_code}; it has: "
            + (", ".join(str(each[0]) for each in has) or "no tag at all")
        )
    name, value, value_name, inputs, thresholds, layer, version, score, as_of = row
    shown_value = str(value) if value == value_name else f"{value_name} ({value})"
    rule = words["version" if layer is None else "layer"].format(version=version, layer=layer)
    if score is not None:
        rule += f", {words['score']} {score:g}"
    missing = words["missing"]
    lines = [
        f"{name} ({tag_code}): {shown_value}",
        *table_lines(
            [
                (words["customer"], one_id),
                (words["as_of"], str(as_of)),
                (words["rule"], rule),
            ]
        ),
    ]
    for title, text in (("inputs", inputs), ("thresholds", thresholds)):
        found: dict[str, Any] = json.loads(text)
        lines.append(words[title])
        lines += table_lines(
            [(key, missing if each is None else str(each)) for key, each in found.items()]
            or [(missing, "")],
            indent=4,
        )
    return lines
