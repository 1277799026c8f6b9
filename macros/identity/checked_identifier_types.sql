{#
    The rows of seed identifier_types, or the end of the build with one line that names the
    row at fault. Every model that asks for rules reads them through here.

    A mistake in a rule would join or part people, so nothing is guessed: a type must be one
    that int_identity__identifiers or int_identity__candidates makes, a normaliser one of
    identifier_normalisers().
#}
{% macro checked_identifier_types(source) %}
    {%- set row = "'seed identifier_types, row ' || coalesce(identifier_type, '(empty)') || ': " -%}
    {%- set known_types = identifier_type_codes() -%}
    {%- set normalisers = identifier_normalisers("value") -%}
    {%- set conflicts = ["refuse", "same_person", "accept"] -%}
    select
        case
            when identifier_type is null or identifier_type not in ('{{ known_types | join("', '") }}')
                then {{ stop_build(row ~ "unknown type; known are: " ~ known_types | join(", ") ~ "'") }}
            when count(*) over (partition by identifier_type) > 1
                then {{ stop_build(row ~ "the type stands there twice'") }}
            when tier is null or tier < 1
                then {{ stop_build(row ~ "tier must be a whole number from 1'") }}
            when priority is null or count(*) over (partition by priority) > 1
                then {{ stop_build(row ~ "priority must be given and be its own'") }}
            when trust is null or trust <= 0 or trust > 1
                then {{ stop_build(row ~ "trust must lie above 0 and up to 1'") }}
            when normaliser is null or normaliser not in ('{{ normalisers.keys() | join("', '") }}')
                then {{ stop_build(
                    row ~ "unknown normaliser ' || coalesce(normaliser, '(empty)') || '; known are: "
                    ~ normalisers.keys() | join(", ") ~ "'"
                ) }}
            when max_customers is null or max_customers < 1
                then {{ stop_build(row ~ "max_customers must be at least 1'") }}
            when max_customers_in_window < 1
                then {{ stop_build(row ~ "max_customers_in_window must be at least 1'") }}
            when window_days < 1
                then {{ stop_build(row ~ "window_days must be at least 1'") }}
            when max_records is null or max_records < 1
                then {{ stop_build(row ~ "max_records must be at least 1'") }}
            when (window_days is null) <> (max_customers_in_window is null)
                then {{ stop_build(row ~ "window_days and max_customers_in_window go together'") }}
            when is_personal is null or proves_person is null or is_exclusive is null
                then {{ stop_build(
                    row ~ "is_personal, proves_person and is_exclusive must be true or false'"
                ) }}
            when on_conflict is null or on_conflict not in ('{{ conflicts | join("', '") }}')
                then {{ stop_build(row ~ "on_conflict must be one of: " ~ conflicts | join(", ") ~ "'") }}
            when is_exclusive and on_conflict = 'accept' or not is_exclusive and on_conflict <> 'accept'
                then {{ stop_build(
                    row ~ "an exclusive type must refuse or ask for the same person, any other accept'"
                ) }}
            else identifier_type
        end as identifier_type,
        name_en,
        name_zh,
        tier,
        priority,
        trust,
        normaliser,
        max_customers,
        window_days,
        max_customers_in_window,
        max_records,
        is_personal,
        proves_person,
        is_exclusive,
        on_conflict
    from {{ source }}
{% endmacro %}

{# Rows of seed identifier_blocklist, checked in the same way. #}
{% macro checked_identifier_blocklist(source) %}
    {%- set row = "'seed identifier_blocklist, row ' || coalesce(identifier_type, '(empty)') || ' ' || coalesce(pattern, '(empty)') || ': " -%}
    {%- set known_types = identifier_type_codes() -%}
    select
        case
            when identifier_type is null or identifier_type not in ('{{ known_types | join("', '") }}')
                then {{ stop_build(row ~ "unknown type; known are: " ~ known_types | join(", ") ~ "'") }}
            when match_kind is null or match_kind not in ('equals', 'like')
                then {{ stop_build(row ~ "match_kind must be equals or like'") }}
            when pattern is null or pattern in ('', '%')
                then {{ stop_build(row ~ "a pattern must name something'") }}
            when reason_code is null
                then {{ stop_build(row ~ "reason_code is missing'") }}
            else identifier_type
        end as identifier_type,
        match_kind,
        pattern,
        reason_code
    from {{ source }}
{% endmacro %}

{# Every type that a record can carry and every rule that asks for more than one thing. #}
{% macro identifier_type_codes() %}
    {{- return([
        "member_id", "unionid", "login", "openid", "card", "phone", "email", "cookie",
        "phone_and_name", "email_and_name", "phone_and_birth_date", "email_and_birth_date",
        "probabilistic",
    ]) -}}
{% endmacro %}

{#
    What a rule may ask for on top of the normalisation of staging, by name.
    mailbox: what stands after + does not count, nor do dots at Gmail.
#}
{% macro identifier_normalisers(value) %}
    {%- set local = "split_part(split_part(" ~ value ~ ", '@', 1), '+', 1)" -%}
    {%- set domain = "split_part(" ~ value ~ ", '@', 2)" -%}
    {{- return({
        "as_staged": value,
        "lower": "lower(" ~ value ~ ")",
        "upper": "upper(" ~ value ~ ")",
        "letters_and_digits": "upper(" ~ regex_replace_all(value, "[^\\p{L}\\p{N}]+") ~ ")",
        "mailbox": "case when " ~ domain ~ " in ('gmail.com', 'googlemail.com') then replace("
            ~ local ~ ", '.', '') || '@gmail.com' else " ~ local ~ " || '@' || " ~ domain ~ " end",
    }) -}}
{% endmacro %}

{# The value under the normaliser that the column `normaliser` names. #}
{% macro normalised_identifier(value) %}
    {%- set cases = [] -%}
    {%- for name, expression in identifier_normalisers(value).items() if name != "as_staged" -%}
        {%- do cases.append("when '" ~ name ~ "' then " ~ expression) -%}
    {%- endfor -%}
    {{- return("case normaliser\n    " ~ cases | join("\n    ") ~ "\n    else " ~ value ~ "\nend") -}}
{% endmacro %}
