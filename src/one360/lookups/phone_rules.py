"""The rules by which SQL reads phone numbers, written out of the `phonenumbers` library.

A regular expression that is not a constant makes DuckDB compile it per row, and a call
into Python per row costs as much. So the rules are in a macro as constants, and this
module writes it: ``python -m one360.lookups.phone_rules`` after the library has moved on.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path
from typing import Any

import phonenumbers
from phonenumbers import phonenumberutil
from phonenumbers.data import _COUNTRY_CODE_TO_REGION_CODE
from phonenumbers.phonemetadata import PhoneMetadata

#: The macro, seen from the root of the project.
MACRO_PATH = Path("macros/normalise/phone_rules.sql")

#: Kinds of number of which one must fit for a number to be valid.
NUMBER_TYPES = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)


def phone_rules() -> dict[str, Any]:
    """Return what the macro returns.

    ``regions`` has, per region code: calling_code, international_prefix (what one dials
    before a foreign calling code), national_prefix (pattern of what may stand before a
    national number) and national_transform (what takes its place, if anything), general
    and valid (patterns of the national number; it must fit both), lengths and
    local_lengths (of a national number in full, and without its area code).
    ``calling_codes`` has, per calling code, its regions, the main one first, and the
    possible lengths of its national numbers.
    """
    return {
        "decimal_digits": _decimal_digits(),
        "letter_keys": _letter_keys(),
        "viable": _any_digits(phonenumberutil._VALID_PHONE_NUMBER),
        "extension": _any_digits(phonenumberutil._EXTN_PATTERNS_FOR_PARSING),
        "calling_codes": {
            str(code): {
                "regions": [region for region in regions if region != "001"],
                "lengths": _lengths_of_code(code, regions),
            }
            for code, regions in sorted(_COUNTRY_CODE_TO_REGION_CODE.items())
        },
        "regions": {
            region: _region_rules(PhoneMetadata.metadata_for_region(region))
            for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        },
    }


def _region_rules(metadata: Any) -> dict[str, Any]:
    patterns = [
        getattr(metadata, kind).national_number_pattern
        for kind in NUMBER_TYPES
        if getattr(metadata, kind) is not None
    ]
    return {
        "calling_code": str(metadata.country_code),
        "international_prefix": metadata.international_prefix,
        "national_prefix": metadata.national_prefix_for_parsing,
        "national_transform": metadata.national_prefix_transform_rule,
        "general": metadata.general_desc.national_number_pattern,
        "valid": "|".join(dict.fromkeys(pattern for pattern in patterns if pattern)),
        "lengths": list(metadata.general_desc.possible_length),
        "local_lengths": list(metadata.general_desc.possible_length_local_only),
    }


def _lengths_of_code(code: int, regions: tuple[str, ...]) -> list[int]:
    plans: list[Any] = [PhoneMetadata.metadata_for_region(region) for region in regions]
    if regions == ("001",):
        plans = [PhoneMetadata.metadata_for_nongeo_region(code)]
    return sorted({length for plan in plans for length in plan.general_desc.possible_length})


def _any_digits(pattern: str) -> str:
    r"""With \p{Nd} for \d, which is any script's digit to Python and an ASCII one to SQL."""
    return pattern.replace("\\d", "\\p{Nd}")


def _decimal_digits() -> str:
    """The decimal digits of other scripts, in runs from 0 to 9.

    Of the basic plane alone: there the list no longer grows with each Unicode.
    """
    return "".join(
        character
        for character in map(chr, range(128, 0x10000))
        if unicodedata.category(character) == "Nd"
    )


def _letter_keys() -> str:
    """The key of a telephone for each letter from A to Z."""
    return "".join(value for _, value in sorted(phonenumberutil._ALPHA_MAPPINGS.items()))


def render(rules: dict[str, Any]) -> str:
    """Return the text of the macro file.

    The rules are in it as JSON, a line per region: Jinja reads a text of this size
    at once and takes most of a second for as long an expression.
    """
    lines = [
        "{#",
        f"    The rules of the phonenumbers library {phonenumbers.__version__}, written by",
        "    `python -m one360.lookups.phone_rules`: run that, do not edit this.",
        "#}",
        "{% macro phone_rules() %}",
        "{%- set rules -%}{% raw %}",
        *_json_lines(rules),
        "{% endraw %}{%- endset -%}",
        "{{ return(fromjson(rules)) }}",
        "{% endmacro %}",
        "",
    ]
    return "\n".join(lines)


def _json_lines(rules: dict[str, Any]) -> list[str]:
    """JSON with a line for each entry of the first and second level."""
    lines = ["{"]
    for name, value in rules.items():
        if isinstance(value, dict):
            lines.append(f'"{name}": {{')
            lines += [f'    "{key}": {json.dumps(item)},' for key, item in value.items()]
            lines[-1] = lines[-1].rstrip(",")
            lines.append("},")
        else:
            lines.append(f'"{name}": {json.dumps(value)},')
    lines[-1] = lines[-1].rstrip(",")
    return [*lines, "}"]


def main() -> None:
    """Rewrite the macro in the project of the current folder."""
    if not MACRO_PATH.parent.is_dir():
        sys.exit(f"{MACRO_PATH.parent} is not here: run this from the root of the project")
    MACRO_PATH.write_text(render(phone_rules()), encoding="utf-8")
    print(f"wrote {MACRO_PATH}")


if __name__ == "__main__":
    main()
