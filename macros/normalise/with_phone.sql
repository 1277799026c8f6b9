{#
    The rows of a relation, best its distinct texts alone, with `phone` added: the raw column
    in E.164 (+8613800138000), or NULL where it holds no valid number. That is what the
    phonenumbers library says, by its rules (phone_rules) as constants in SQL.

    Numbers without a calling code are read as dialled in var default_region. Of that
    region and those in var phone_regions a number must be valid; of other countries only
    its length is looked at, and their national prefixes are not taken off.

    Not read, unlike the library: a tel: URI with a phone-context, and digits of scripts
    outside the basic plane of Unicode.

    Each step is a column of a select of its own, since the next uses it many times:
      phone_written   from the first digit or plus to what ends the number
      phone_bare      the same without an extension; NULL where it is no number at all
      phone_dialled   digits, after a plus if there was one
      phone_coded     calling code, space, the rest; no code before the space: a home number
      phone_stripped  the same without the national prefix
      phone_national  the better of the two
    A lambda would name them in one expression, but DuckDB compiles the regular expressions
    of a lambda anew for every 2,048 rows.
#}
{% macro with_phone(relation, column) %}
    {%- set rules = phone_rules() -%}
    {%- set home = setting("default_region") -%}
    {%- set raw = "cast(" ~ column ~ " as string)" -%}
    {%- set steps = [
        ("phone_written", phone_written(raw)),
        ("phone_bare", phone_bare("phone_written", rules)),
        ("phone_dialled", phone_dialled(raw, "phone_bare", rules)),
        ("phone_coded", phone_coded("phone_dialled", rules, home)),
        ("phone_stripped", phone_stripped("phone_coded", rules, home)),
        ("phone_national", phone_national("phone_coded", "phone_stripped", rules, home)),
    ] -%}
    select
        {{ star_except(steps | map("first") | list) }},
        {{ phone_if_valid("phone_national", rules, home) }} as phone
    from (
    {%- for step in steps | reverse %}
        select *, {{ step[1] }} as {{ step[0] }} from (
    {%- endfor %}
        select * from {{ relation }} as texts
    {%- for step in steps %}
        ) as before_{{ step[0] }}
    {%- endfor %}
    ) as read_phones
{%- endmacro %}


{# Plain numbers, nearly all there are, need no search for the number in the text. #}
{% macro phone_is_plain(raw) %}
    {{- return(
        "(" ~ regex_full_match(raw, "[+]?[0-9]{3,40}") ~ " or "
        ~ regex_full_match(raw, "[ (]{0,40}[+]?[ ()-]{0,40}[0-9][0-9 ()-]{2,60}") ~ ")"
    ) -}}
{% endmacro %}


{% macro phone_written(raw) %}
    {%- set from_first_digit = regex_extract(raw, "(?s)[+＋\\p{Nd}].*") -%}
    {%- set trimmed = regex_replace_all(from_first_digit, "[^#\\p{L}\\p{N}]+\\z") -%}
    {%- set one_number = regex_replace_all(trimmed, "(?s)(?:[\\\\/] *x|;isub=).*\\z") -%}
    {{- return(
        "case when " ~ raw ~ " is null or " ~ phone_is_plain(raw) ~ " then null when length("
        ~ raw ~ ") <= 250 then " ~ one_number ~ " end"
    ) -}}
{% endmacro %}


{% macro phone_bare(written, rules) %}
    {%- set viable = "(?i)" ~ rules.viable ~ "(?:" ~ rules.extension ~ ")?" -%}
    {%- set short = regex_replace_all(written, "(?i)(?:" ~ rules.extension ~ ")\\z") -%}
    {{- return(
        "case when " ~ written ~ " is null or not " ~ regex_full_match(written, viable)
        ~ " or " ~ regex_matches(written, "[\\x{10000}-\\x{10ffff}]") ~ " then null when "
        ~ regex_full_match(short, viable) ~ " then " ~ short ~ " else " ~ written ~ " end"
    ) -}}
{% endmacro %}


{# Three letters or more are keys to press, and then only ASCII digits count. #}
{% macro phone_dialled(raw, bare, rules) %}
    {%- set letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" -%}
    {%- set keyed = (
        "translate(upper(" ~ bare ~ "), '" ~ letters ~ "', '" ~ rules.letter_keys ~ "')"
    ) -%}
    {%- set usual_digits = "0123456789" * (rules.decimal_digits | length // 10) -%}
    {%- set folded = (
        "translate(" ~ bare ~ ", '" ~ rules.decimal_digits ~ "', '" ~ usual_digits ~ "')"
    ) -%}
    {{- return(
        "case when " ~ raw ~ " is null then null when " ~ phone_is_plain(raw) ~ " then "
        ~ regex_replace_all(raw, "[ ()-]+")
        ~ " when " ~ bare ~ " is not null then case when " ~ regex_matches(bare, "^[+＋]")
        ~ " then '+' else '' end || case when "
        ~ regex_matches(bare, "[A-Za-z].*[A-Za-z].*[A-Za-z]")
        ~ " then " ~ regex_replace_all(keyed, "[^0-9]+")
        ~ " else " ~ regex_replace_all(folded, "[^0-9]+") ~ " end end"
    ) -}}
{% endmacro %}


{# The calling code may come after a plus, after the home region's international prefix or, as in 8613800138000, after nothing. #}
{% macro phone_coded(dialled, rules, home) %}
    {%- set plan = rules.regions[home] -%}
    {%- set known = "^(" ~ rules.calling_codes.keys() | join("|") ~ ")" -%}
    {%- set prefix = "^(?:" ~ plan.international_prefix ~ ")" -%}
    {%- set after_plus = "substr(" ~ dialled ~ ", 2)" -%}

    {%- set own = "substr(" ~ dialled ~ ", " ~ (plan.calling_code | length + 1) ~ ")" -%}
    {%- set own_number = phone_without_prefix(own, plan) -%}
    {{- return(
        "case when " ~ dialled ~ " is null then null"
        ~ " when " ~ dialled ~ " like '+%' then case"
        ~ " when length(" ~ dialled ~ ") <= 3 then null"
        ~ " when " ~ regex_matches(after_plus, known)
        ~ " then " ~ regex_replace_all(after_plus, known, "\\1 ")
        ~ " else " ~ phone_from_abroad(after_plus, prefix, known) ~ " end"
        ~ " when " ~ regex_matches(dialled, prefix) ~ " and "
        ~ regex_replace_all(dialled, prefix) ~ " not like '0%'"
        ~ " then " ~ phone_from_abroad(dialled, prefix, known)
        ~ " when " ~ dialled ~ " like '" ~ plan.calling_code ~ "%' and (length(" ~ dialled
        ~ ") > " ~ (plan.lengths | max) ~ " or (not " ~ regex_full_match(dialled, plan.general)
        ~ " and " ~ regex_full_match(own_number, plan.general) ~ ")) then '"
        ~ plan.calling_code ~ " ' || " ~ own_number
        ~ " else ' ' || " ~ dialled ~ " end"
    ) -}}
{% endmacro %}


{# What follows an international prefix, its calling code set off. #}
{% macro phone_from_abroad(number, prefix, known) %}
    {%- set rest = regex_replace_all(number, prefix) -%}
    {{- return(
        "case when " ~ regex_matches(number, prefix) ~ " and length(" ~ rest ~ ") > 2 and "
        ~ regex_matches(rest, known) ~ " then " ~ regex_replace_all(rest, known, "\\1 ") ~ " end"
    ) -}}
{% endmacro %}


{# NULL where the region has nothing to take off. #}
{% macro phone_stripped(coded, rules, home) %}
    {%- set branches = [] -%}
    {%- for written, plan in phone_plans(rules, home) if plan.national_prefix -%}
        {%- set number = "substr(" ~ coded ~ ", " ~ (written | length + 1) ~ ")" -%}
        {%- do branches.append(
            " when " ~ coded ~ " like '" ~ written ~ "%' then '" ~ plan.calling_code ~ " ' || "
            ~ phone_without_prefix(number, plan)
        ) -%}
    {%- endfor -%}
    {{- return("case" ~ branches | join("") ~ " end" if branches else "cast(null as string)") -}}
{% endmacro %}


{# The stripped number counts if it has a length that numbers of its region can have, or more. #}
{% macro phone_national(coded, stripped, rules, home) %}
    {%- set branches = [] -%}
    {%- for written, plan in phone_plans(rules, home) if plan.national_prefix -%}
        {%- set before = plan.calling_code | length + 1 -%}
        {%- set lengths = [] -%}
        {%- for length in plan.lengths -%}{%- do lengths.append(length + before) -%}{%- endfor -%}
        {%- do branches.append(
            " when " ~ coded ~ " like '" ~ written ~ "%' and (length(" ~ stripped ~ ") in ("
            ~ lengths | join(", ") ~ ") or length(" ~ stripped ~ ") > " ~ (lengths | max)
            ~ ") then " ~ stripped
        ) -%}
    {%- endfor -%}
    {{- return(
        "case" ~ branches | join("") ~ " when " ~ coded ~ " like ' %' then '"
        ~ rules.regions[home].calling_code ~ "' || " ~ coded ~ " else " ~ coded ~ " end"
    ) -}}
{% endmacro %}


{# A national number without what its region dials before it; as it stands where that would spoil a possible number. #}
{% macro phone_without_prefix(number, plan) %}
    {%- if not plan.national_prefix -%}
        {{- return(number) -}}
    {%- endif -%}
    {%- set prefix = "^(?:" ~ plan.national_prefix ~ ")" -%}
    {%- set stripped = regex_replace_all(number, prefix) -%}
    {%- if plan.national_transform -%}
        {%- set last_group = modules.re.findall("\\((?!\\?)", plan.national_prefix) | length -%}
        {%- set stripped = (
            "case when " ~ regex_extract(number, prefix, last_group) ~ " <> '' then "
            ~ regex_replace_all(number, prefix, plan.national_transform)
            ~ " else " ~ stripped ~ " end"
        ) -%}
    {%- endif -%}
    {{- return(
        "case when " ~ regex_matches(number, prefix) ~ " and ("
        ~ regex_full_match(stripped, plan.general)
        ~ " or not " ~ regex_full_match(number, plan.general)
        ~ ") then " ~ stripped ~ " else " ~ number ~ " end"
    ) -}}
{% endmacro %}


{% macro phone_if_valid(national, rules, home) %}
    {%- set listed = [] -%}
    {%- set valid = [] -%}
    {%- for code, region in phone_main_regions(rules, home) -%}
        {%- do listed.append(code) -%}
        {%- set patterns = [] -%}
        {%- for member in rules.calling_codes[code].regions -%}
            {%- do patterns.append(rules.regions[member].valid) -%}
        {%- endfor -%}
        {%- do valid.append(code ~ " (?:" ~ patterns | join("|") ~ ")") -%}
    {%- endfor -%}
    {%- set possible = [] -%}
    {%- for code, plan in rules.calling_codes.items() if code not in listed -%}
        {%- set lengths = [] -%}
        {%- for length in plan.lengths -%}
            {%- do lengths.append("[0-9]{" ~ length ~ "}") -%}
        {%- endfor -%}
        {%- do possible.append(code ~ " (?:" ~ lengths | join("|") ~ ")") -%}
    {%- endfor -%}
    {{- return(
        "case when " ~ national ~ " is null then null when "
        ~ regex_full_match(national, valid | join("|"))
        ~ " or " ~ regex_full_match(national, possible | join("|"))
        ~ " then '+' || replace(" ~ national ~ ", ' ', '') end"
    ) -}}
{% endmacro %}


{# What stands before a national number in phone_coded, and the rules that then hold. #}
{% macro phone_plans(rules, home) %}
    {%- set plans = [(" ", rules.regions[home])] -%}
    {%- for code, region in phone_main_regions(rules, home) -%}
        {%- do plans.append((code ~ " ", rules.regions[region])) -%}
    {%- endfor -%}
    {{- return(plans) -}}
{% endmacro %}


{# Calling code and main region of each region whose numbers are judged in full. #}
{% macro phone_main_regions(rules, home) %}
    {%- set pairs = [] -%}
    {%- for region in [home] + setting("phone_regions") -%}
        {%- set code = rules.regions[region].calling_code -%}
        {%- do pairs.append((code, rules.calling_codes[code].regions[0])) -%}
    {%- endfor -%}
    {{- return(pairs | unique | list) -}}
{% endmacro %}
