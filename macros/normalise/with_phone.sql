{#
    The rows of a relation, best its distinct texts alone, with `phone` added: the raw column
    in E.164 (+8613800138000), or NULL where it holds no valid number. That is what the
    phonenumbers library says, by its rules (phone_rules) as constants in SQL.

    Numbers without a calling code are read as dialled in var default_region. Of that
    region and those in var phone_regions a number must be valid; of other countries only
    its length is looked at, and their national prefixes are not taken off.

    Read besides, unlike the library: a number with a note in characters behind it, and one
    behind a calling code of three digits without a plus (phone_coded).

    Not read, unlike the library: a number with an extension (phone_bare), a tel: URI with a
    phone-context, and digits of scripts outside the basic plane of Unicode.

    Each step is a function in functions/phone and a column of a select of its own, since the
    next uses it many times. A lambda would name them in one expression, but DuckDB compiles the
    regular expressions of a lambda anew for every 2,048 rows.
#}
{% macro with_phone(relation, column) %}
    {%- set steps = {
        "phone_given": column,
        "phone_written": "phone_given",
        "phone_bare": "phone_written",
        "phone_dialled": "phone_given, phone_bare",
        "phone_coded": "phone_dialled",
        "phone_stripped": "phone_coded",
        "phone_national": "phone_coded, phone_stripped",
    } -%}
    select
        {{ star_except(steps | list) }},
        {{ function("phone_if_valid") }}(phone_national) as phone
    from (
    {%- for step, arguments in steps.items() | reverse %}
        select *, {{ function(step) }}({{ arguments }}) as {{ step }} from (
    {%- endfor %}
        select * from {{ relation }} as texts
    {%- for step in steps %}
        ) as before_{{ step }}
    {%- endfor %}
    ) as read_phones
{%- endmacro %}
