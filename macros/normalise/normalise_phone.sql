{#
    A phone number in E.164 (+8613800138000), or NULL where there is no valid one: what
    the phonenumbers library says, by its rules (phone_rules) as constants in SQL.

    Numbers without a calling code are read as dialled in var default_region. Of that
    region and those in var phone_regions a number must be valid; of other countries only
    its length is looked at, and their national prefixes are not taken off.

    Not read, unlike the library: a tel: URI with a phone-context, and digits of scripts
    outside the basic plane. Steps, each named by what it yields:
      dialled   digits, after a plus if there was one
      coded     calling code, space, the rest; without a code in front: a national number
      national  calling code, space, the number without national prefix
#}
{% macro normalise_phone(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set rules = phone_rules() -%}
    {%- set home = setting("default_region") -%}
    {%- for region in [home] + setting("phone_regions") if region not in rules.regions -%}
        {{ exceptions.raise_compiler_error(
            "there are no phone rules for region " ~ region ~ "; there are for: "
            ~ (known_phone_regions() | join(", "))
        ) }}
    {%- endfor -%}
    {{- return(
        "case when " ~ value ~ " is not null then "
        ~ let(
            phone_dialled(value, rules), "dialled",
            let(
                phone_coded("dialled", rules, home), "coded",
                let(
                    phone_national("coded", rules, home), "national",
                    phone_if_valid("national", rules, home)
                )
            )
        ) ~ " end"
    ) -}}
{% endmacro %}


{# The digits somebody wrote, with a plus in front if there was one; NULL where the text is no phone number. The first two branches are short cuts for nearly all. #}
{% macro phone_dialled(value, rules) %}
    {%- set from_first_digit = regex_extract(value, "(?s)[+＋\\p{Nd}].*") -%}
    {%- set trimmed = regex_replace_all(from_first_digit, "[^#\\p{L}\\p{N}]+\\z") -%}
    {%- set one_number = regex_replace_all(trimmed, "(?s)(?:[\\\\/] *x|;isub=).*\\z") -%}

    {%- set viable = "(?i)" ~ rules.viable ~ "(?:" ~ rules.extension ~ ")?" -%}
    {%- set extension = "(?i)(?:" ~ rules.extension ~ ")\\z" -%}
    {%- set bare = let(
        regex_replace_all("written", extension), "short",
        "case when " ~ regex_full_match("short", viable) ~ " then short else written end"
    ) -%}

    {#- three letters or more are keys to press, and then only ASCII digits count -#}
    {%- set letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" -%}
    {%- set keyed = "translate(upper(bare), '" ~ letters ~ "', '" ~ rules.letter_keys ~ "')" -%}
    {%- set usual_digits = "0123456789" * (rules.decimal_digits | length // 10) -%}
    {%- set folded = (
        "translate(bare, '" ~ rules.decimal_digits ~ "', '" ~ usual_digits ~ "')"
    ) -%}
    {%- set digits = (
        "case when " ~ regex_matches("bare", "[A-Za-z].*[A-Za-z].*[A-Za-z]")
        ~ " then " ~ regex_replace_all(keyed, "[^0-9]+")
        ~ " else " ~ regex_replace_all(folded, "[^0-9]+") ~ " end"
    ) -%}
    {{- return(
        "case when " ~ regex_full_match(value, "[+]?[0-9]{3,40}") ~ " then " ~ value
        ~ " when " ~ regex_full_match(value, "[ (]*[+]?[ ()-]*[0-9][0-9 ()-]{2,60}")
        ~ " then " ~ regex_replace_all(value, "[ ()-]+")
        ~ " when length(" ~ value ~ ") <= 250 then " ~ let(
            one_number, "written",
            "case when " ~ regex_full_match("written", viable) ~ " and not "
            ~ regex_matches("written", "[\\x{10000}-\\x{10ffff}]") ~ " then "
            ~ let(
                bare, "bare",
                "case when " ~ regex_matches("bare", "^[+＋]") ~ " then '+' else '' end || " ~ digits
            ) ~ " end"
        ) ~ " end"
    ) -}}
{% endmacro %}


{# Splits the calling code off, whether it came after a plus, after the home region's international prefix or, as in 8613800138000, after nothing. #}
{% macro phone_coded(dialled, rules, home) %}
    {%- set plan = rules.regions[home] -%}
    {%- set codes = rules.calling_codes.keys() | join("|") -%}
    {%- set known = "^(" ~ codes ~ ")" -%}
    {%- set prefix = "^(?:" ~ plan.international_prefix ~ ")" -%}

    {%- set abroad = let(
        regex_replace_all("number", prefix), "rest",
        "case when rest like '0%' then null when length(rest) > 2 and "
        ~ regex_matches("rest", known) ~ " then "
        ~ regex_replace_all("rest", known, "\\1 ") ~ " else '' end"
    ) -%}
    {%- set home_code = (
        "case when number like '" ~ plan.calling_code ~ "%' then " ~ let(
            phone_without_prefix(
                "substr(number, " ~ (plan.calling_code | length + 1) ~ ")", plan
            ), "rest",
            "case when length(number) > " ~ (plan.lengths | max)
            ~ " or (not " ~ regex_full_match("number", plan.general)
            ~ " and " ~ regex_full_match("rest", plan.general) ~ ") then '"
            ~ plan.calling_code ~ " ' || rest else ' ' || number end"
        ) ~ " else ' ' || number end"
    ) -%}
    {%- set after_plus = let(
        "substr(" ~ dialled ~ ", 2)", "number",
        "case when length(number) > 2 then case when " ~ regex_matches("number", known)
        ~ " then " ~ regex_replace_all("number", known, "\\1 ")
        ~ " when " ~ regex_matches("number", prefix) ~ " then " ~ abroad ~ " end end"
    ) -%}
    {%- set without_plus = let(
        dialled, "number",
        "case when " ~ regex_matches("number", prefix)
        ~ " then coalesce(" ~ abroad ~ ", " ~ home_code ~ ") else " ~ home_code ~ " end"
    ) -%}
    {{- return(
        "case when " ~ dialled ~ " like '+%' then " ~ after_plus
        ~ " when " ~ dialled ~ " is not null then " ~ without_plus ~ " end"
    ) -}}
{% endmacro %}


{# Takes the national prefix off, where a number of a possible length is left. #}
{% macro phone_national(coded, rules, home) %}
    {%- set branches = [] -%}
    {%- for code, region in [(" ", home)] + phone_main_regions(rules, home) -%}
        {%- set plan = rules.regions[region] -%}
        {%- set written = code if code == " " else code ~ " " -%}
        {%- set number = "substr(" ~ coded ~ ", " ~ (written | length + 1) ~ ")" -%}
        {%- set kept = number -%}
        {%- if plan.national_prefix -%}
            {%- set lengths = "length(stripped) in (" ~ plan.lengths | join(", ") ~ ")" -%}
            {%- set kept = let(
                phone_without_prefix(number, plan), "stripped",
                "case when " ~ lengths ~ " or length(stripped) > " ~ (plan.lengths | max)
                ~ " then stripped else " ~ number ~ " end"
            ) -%}
        {%- endif -%}
        {%- if plan.national_prefix or code == " " -%}
            {%- do branches.append(
                " when " ~ coded ~ " like '" ~ written ~ "%' then '" ~ plan.calling_code
                ~ " ' || " ~ kept
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return("case" ~ branches | join("") ~ " else " ~ coded ~ " end") -}}
{% endmacro %}


{# A national number without what its region dials before it; as it stands where that would spoil a possible number. #}
{% macro phone_without_prefix(number, plan) %}
    {%- if not plan.national_prefix -%}
        {{- return(number) -}}
    {%- endif -%}
    {%- set prefix = "^(?:" ~ plan.national_prefix ~ ")" -%}
    {%- set stripped = regex_replace_all("whole", prefix) -%}
    {%- if plan.national_transform -%}
        {%- set last_group = modules.re.findall("\\((?!\\?)", plan.national_prefix) | length -%}
        {%- set stripped = (
            "case when " ~ regex_extract("whole", prefix, last_group) ~ " <> '' then "
            ~ regex_replace_all("whole", prefix, plan.national_transform)
            ~ " else " ~ stripped ~ " end"
        ) -%}
    {%- endif -%}
    {{- return(let(
        number, "whole",
        "case when " ~ regex_matches("whole", prefix) ~ " then " ~ let(
            stripped, "remainder",
            "case when " ~ regex_full_match("remainder", plan.general)
            ~ " or not " ~ regex_full_match("whole", plan.general)
            ~ " then remainder else whole end"
        ) ~ " else whole end"
    )) -}}
{% endmacro %}


{# The number in E.164, if it may be one. #}
{% macro phone_if_valid(national, rules, home) %}
    {%- set listed = [] -%}
    {%- set valid = [] -%}
    {%- for code, region in phone_main_regions(rules, home) -%}
        {%- do listed.append(code) -%}
        {%- set plans = [] -%}
        {%- for member in rules.calling_codes[code].regions -%}
            {%- do plans.append(rules.regions[member].valid) -%}
        {%- endfor -%}
        {%- do valid.append(code ~ " (?:" ~ plans | join("|") ~ ")") -%}
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
        "case when " ~ regex_full_match(national, valid | join("|"))
        ~ " or " ~ regex_full_match(national, possible | join("|"))
        ~ " then '+' || replace(" ~ national ~ ", ' ', '') end"
    ) -}}
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
