"""The page on which a person reads what is held of her; it loads nothing and works offline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

WORDS = {
    "en": {
        "title": "What we hold about you",
        "lead": "All data held about you in {dataset}, as of {at}. The same is in the JSON file "
        "beside this page, to take elsewhere.",
        "who": "Who you are to us",
        "identifiers": "By what we know you",
        "records": "Where you are on record",
        "orders": "Your orders",
        "tags": "What we concluded about you",
        "predictions": "What we expect of you",
        "consents": "What you allowed",
        "rest": "Every table, row by row",
        "raw": "As the systems delivered it",
        "shared": "others have it too",
        "none": "nothing",
        "rows": "{count} rows",
        "yes": "yes",
        "no": "no",
    },
    "zh": {
        "title": "我们保存的您的数据",
        "lead": "{dataset} 中保存的关于您的全部数据，截至 {at}。"
        "本页旁边的 JSON 文件内容相同，便于转移。",
        "who": "我们眼中的您",
        "identifiers": "我们凭什么认出您",
        "records": "您的档案",
        "orders": "您的订单",
        "tags": "我们对您的判断",
        "predictions": "我们对您的预测",
        "consents": "您的授权",
        "rest": "全部数据表，逐行列出",
        "raw": "各系统原始数据",
        "shared": "他人也使用",
        "none": "无",
        "rows": "{count} 行",
        "yes": "是",
        "no": "否",
    },
}

_STYLE = """
:root { color-scheme: light dark; --page: #fafaf8; --card: #fff; --ink: #1d2327; --soft: #667079;
  --line: #e3e5e1; }
@media (prefers-color-scheme: dark) { :root { --page: #15181b; --card: #1d2125; --ink: #e6e8ea;
  --soft: #9aa3ab; --line: #31373d; } }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC",
  sans-serif; }
h1 { margin: 0; } h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; } .lead { color: var(--soft); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { padding: .3rem .7rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; } tr:last-child td { border: 0; }
details { margin: .4rem 0; } summary { cursor: pointer; } summary small { color: var(--soft); }
"""

#: Columns of orders that say most; what else there is stands below.
_ORDER_COLUMNS = (
    "ordered_at", "order_id", "channel", "store_id", "order_status", "net_amount", "currency",
    "is_return",
)  # fmt: skip


def page(content: Mapping[str, Any], language: str) -> str:
    """The export of a person as HTML."""
    words = WORDS[language]
    tables = {table["table"]: table for table in content["tables"]}
    customer = next(iter(_rows_of(tables, "core.customers")), {})
    marts = [table for table in content["tables"] if not table["table"].startswith("raw.")]
    raw = [table for table in content["tables"] if table["table"].startswith("raw.")]
    sections = [
        (words["who"], _pairs(customer, words)),
        (words["identifiers"], _table(_identifiers(content, words), words)),
        (words["records"], _table(content["records"], words)),
        (
            words["consents"],
            _table(_without_id(_rows_of(tables, "core.customer_purpose_consents")), words),
        ),
        (words["orders"], _table(_orders(_rows_of(tables, "core.orders")), words)),
        (words["tags"], _table(_tags(tables, language), words)),
        (
            words["predictions"],
            _table(_without_id(_rows_of(tables, "predictions.scores")), words),
        ),
        (words["rest"], "".join(_details(table, words) for table in marts)),
        (words["raw"], "".join(_details(table, words) for table in raw)),
    ]
    lead = words["lead"].format(dataset=content["dataset"], at=content["exported_at"])
    body = "".join(f"<h2>{escape(title)}</h2>{text}" for title, text in sections)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(words['title'])}</title><style>{_STYLE}</style></head>\n<body>"
        f'<h1>{escape(words["title"])}</h1><p class="lead">{escape(lead)}</p>{body}</body></html>\n'
    )


def _rows_of(tables: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return list(tables[name]["rows"]) if name in tables else []


def _without_id(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "one_id"} for row in rows]


def _identifiers(content: Mapping[str, Any], words: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "type": each["type"],
            "system": each["system"],
            "value": each["value"],
            words["shared"]: each["others_have_it_too"],
        }
        for each in content["identifiers"]
    ]


def _orders(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kept = [{name: row.get(name) for name in _ORDER_COLUMNS} for row in rows]
    return sorted(kept, key=lambda row: str(row["ordered_at"]), reverse=True)


def _tags(tables: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """Tags by their names, where the reasons of tags say them."""
    reasons = _rows_of(tables, "tags.customer_tag_reasons")
    return [
        {
            "tag": row.get(f"tag_name_{language}"),
            "value": row.get(f"value_name_{language}") or row.get("tag_value"),
            "as_of_date": row.get("as_of_date"),
        }
        for row in reasons
    ] or _without_id(_rows_of(tables, "tags.customer_tags"))


def _pairs(row: Mapping[str, Any], words: Mapping[str, str]) -> str:
    said = [{"": name, " ": value} for name, value in row.items() if value not in (None, "", [])]
    return _table(said, words, heads=False)


def _details(table: Mapping[str, Any], words: Mapping[str, str]) -> str:
    count = words["rows"].format(count=len(table["rows"]))
    return (
        f"<details><summary>{escape(table['table'])} <small>{escape(count)} · "
        f"{escape(table['description'])}</small></summary>{_table(table['rows'], words)}</details>"
    )


def _table(rows: list[dict[str, Any]], words: Mapping[str, str], heads: bool = True) -> str:
    if not rows:
        return f"<p>{escape(words['none'])}</p>"
    head = "".join(f"<th>{escape(str(name))}</th>" for name in rows[0]) if heads else ""
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(value, words)}</td>" for value in row.values()) + "</tr>"
        for row in rows
    )
    top = f"<thead><tr>{head}</tr></thead>" if heads else ""
    return f'<div class="scroll"><table>{top}<tbody>{body}</tbody></table></div>'


def _cell(value: Any, words: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return escape(words["yes" if value else "no"])
    return "" if value is None else escape(str(value))
