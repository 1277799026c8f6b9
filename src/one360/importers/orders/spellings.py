"""Writes a time as plain digits that programs and countries spell in words of their own."""

from __future__ import annotations

from one360.sql import literal

#: A day of the week beside a date says nothing that the date does not.
_WEEKDAY = (
    "[(（]?(?:星期|礼拜|週|周)[一二三四五六日天][)）]?"
    "|[(（]?(?:[月火水木金土日]曜日?|[월화수목금토일]요일)[)）]?"
    "|[(（][一二三四五六日月火水木金土월화수목금토일][)）]"
    r"|\b(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)(?:day|nesday|sday|rsday|urday)?\b[.,]?"
)

#: Months in German, French, Spanish, Portuguese and Italian, by their English name.
_MONTHS = {
    "Jan": "januar|jänner|janvier|janv|janeiro|enero|ene|gennaio|gen",
    "Feb": "februar|février|févr|fevereiro|fev|febrero|febbraio",
    "Mar": "märz|mär|mars|março|marzo",
    "Apr": "april|avril|avr|abril|abr|aprile",
    "May": "mai|maio|mayo|maggio|mag",
    "Jun": "juni|juin|junho|junio|giugno|giu",
    "Jul": "juli|juillet|juil|julho|julio|luglio|lug",
    "Aug": "august|août|agosto|ago",
    "Sep": "september|sept|septembre|setembro|set|septiembre|settembre",
    "Oct": "oktober|okt|octobre|outubro|out|octubre|ottobre|ott",
    "Nov": "november|novembre|novembro|noviembre",
    "Dec": "dezember|dez|décembre|déc|dezembro|diciembre|dic|dicembre",
}

#: What is found in a time, and what it is replaced by; one after the other.
_SPELLINGS = (
    # (China Standard Time) of a browser; the offset stands before it
    (r"\s*[(][A-Za-z][^)]*[)]$", ""),
    (r"\b(?:GMT|UTC)([+-]\d)", r"\1"),
    (f"(?i),?\\s*(?:{_WEEKDAY})\\s*", " "),
    # 2024年1月5日, 2024년 1월 5일 and 2024. 1. 5.
    (r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]?", r"\1-\2-\3 "),
    (r"(\d{4})[.]\s+(\d{1,2})[.]\s+(\d{1,2})[.]?", r"\1-\2-\3"),
    # 14时30分05秒 and 14h30
    (r"(\d{1,2})\s*[时時点시]\s*(\d{1,2})\s*[分분]\s*(\d{1,2})\s*[秒초]", r"\1:\2:\3"),
    (r"(\d{1,2})\s*[时時点시]\s*(\d{1,2})\s*[分분]?", r"\1:\2"),
    (r"\b(\d{1,2})\s?[hH]\s?(\d{2})\b", r"\1:\2"),
    (r"(?:上午|午前|오전)\s*(\d{1,2}:[\d:.]+)", r" \1 AM"),
    (r"(?:下午|午後|오후)\s*(\d{1,2}:[\d:.]+)", r" \1 PM"),
    # 20240105143005, 202401051430 and 20240105 143005
    (r"^((?:19|20)\d{6})[ T]?(\d{2})(\d{2})(\d{2})$", r"\1 \2:\3:\4"),
    (r"^((?:19|20)\d{6})(\d{2})(\d{2})$", r"\1 \2:\3"),
    # a day that went through a float
    (r"^(\d{8})[.]0+$", r"\1"),
    # what stands between the parts, or behind them
    (r"(?i)[,\s]+(?:at|um|à|às|alle|kl[.]?)\s+(\d{1,2}:)", r" \1"),
    (r",(\d{1,2}:)", r" \1"),
    (r"(?i)\s*Uhr$", ""),
    (r"(?i)\b(\d{1,2})(?:st|nd|rd|th|er|º|ª)([\s,])", r"\1\2"),
    (r"(?i)\s+(?:de|of)\s+", " "),
    (r"(?i)([a-zéûäç])[.]([\s-]|$)", r"\1\2"),
    (r"(\d)[.]\s+([A-Za-zäéû])", r"\1 \2"),
    (r",(\s|$)", r"\1"),
    *(
        (f"(?i)(^|[\\s-])(?:{names})([\\s-])", rf"\1{month}\2")
        for month, names in _MONTHS.items()
    ),
    # Jan 05 10:00:00 CST 2024, as Java and Unix write it
    (
        r"^ ?([A-Za-z]{3} +\d{1,2}) +(\d{1,2}:\d{2}:\d{2})( [A-Z]{3,4}| [+-]\d{4})? +(\d{4})$",
        r"\1 \4 \2\3",
    ),
    # an offset of hours alone, as PostgreSQL writes it
    (r"(:\d{2}(?:[.]\d+)? ?[+-]\d{2})$", r"\1:00"),
    (r"\s+", " "),
)  # fmt: skip


#: Signs of Chinese and Japanese keyboards, and the blanks of them and of browsers.
_WIDE = "０１２３４５６７８９：／－．，\u3000\u00a0\u202f"
_NARROW = "0123456789:/-.,   "

#: What most files have, which need not be looked through: 2024-01-05 14:30:05 and 5/1/2024 14:30.
_PLAIN = r"\d{1,4}[-/]\d{1,2}[-/]\d{1,4}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:[.]\d+)?)?Z?)?"


def plain_time(text: str) -> str:
    """SQL of a time's text in plain digits, or with an English month; others stay as they are."""
    plain = f"translate({text}, {literal(_WIDE)}, {literal(_NARROW)})"
    for found, put in _SPELLINGS:
        plain = f"regexp_replace({plain}, {literal(found)}, {literal(put)}, 'g')"
    return f"case when regexp_full_match({text}, '{_PLAIN}') then {text} else trim({plain}) end"
