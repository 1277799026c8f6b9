{# The rules of var default_region. #}
{% macro phone_home() %}
    {{- return(phone_rules().regions[var("default_region")]) -}}
{% endmacro %}

{% macro phone_plans() %}
    {%- set regions = phone_rules().regions -%}
    {%- set plans = [(" ", phone_home())] -%}
    {%- for code, region in phone_main_regions() -%}
        {%- do plans.append((code ~ " ", regions[region])) -%}
    {%- endfor -%}
    {{- return(plans) -}}
{% endmacro %}

{# Calling code and main region of each region whose numbers are validated in full. #}
{% macro phone_main_regions() %}
    {%- set rules = phone_rules() -%}
    {%- set pairs = [] -%}
    {%- for region in [var("default_region")] + var("phone_regions") -%}
        {%- set code = rules.regions[region].calling_code -%}
        {%- do pairs.append((code, rules.calling_codes[code].regions[0])) -%}
    {%- endfor -%}
    {{- return(pairs | unique | list) -}}
{% endmacro %}

{# The pattern of the valid numbers under a calling code. #}
{% macro phone_valid_under(code) %}
    {%- set rules = phone_rules() -%}
    {%- set patterns = [] -%}
    {%- for member in rules.calling_codes[code].regions -%}
        {%- do patterns.append(rules.regions[member].valid) -%}
    {%- endfor -%}
    {{- return("(?:" ~ patterns | join("|") ~ ")") -}}
{% endmacro %}

{# The pattern of the valid numbers of phone_main_regions, as calling code, space, number. #}
{% macro phone_valid_numbers() %}
    {%- set numbers = [] -%}
    {%- for code, region in phone_main_regions() -%}
        {%- do numbers.append(code ~ " " ~ phone_valid_under(code)) -%}
    {%- endfor -%}
    {{- return(numbers | join("|")) -}}
{% endmacro %}

{#
    The same as calling code and number without a plus, of codes of three digits alone: behind
    shorter ones a home number with a slip may look like a number of another country.
#}
{% macro phone_coded_numbers() %}
    {%- set numbers = [] -%}
    {%- for code, region in phone_main_regions() if code | length == 3 -%}
        {%- do numbers.append(code ~ phone_valid_under(code)) -%}
    {%- endfor -%}
    {{- return(numbers | join("|") if numbers else "\\b\\B") -}}
{% endmacro %}

{# The same of all other calling codes, whose numbers must only have a possible length. #}
{% macro phone_possible_numbers() %}
    {%- set listed = phone_main_regions() | map("first") | list -%}
    {%- set numbers = [] -%}
    {%- for code, plan in phone_rules().calling_codes.items() if code not in listed -%}
        {%- set lengths = [] -%}
        {%- for length in plan.lengths -%}
            {%- do lengths.append("[0-9]{" ~ length ~ "}") -%}
        {%- endfor -%}
        {%- do numbers.append(code ~ " (?:" ~ lengths | join("|") ~ ")") -%}
    {%- endfor -%}
    {{- return(numbers | join("|")) -}}
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
        {%- set stripped -%}
            case
                when {{ regex_extract(number, prefix, last_group) }} <> ''
                    then {{ regex_replace_all(number, prefix, plan.national_transform) }}
                else {{ stripped }}
            end
        {%- endset -%}
    {%- endif -%}
    case
        when
            {{ regex_matches(number, prefix) }}
            and (
                {{ regex_full_match(stripped, plan.general) }}
                or not {{ regex_full_match(number, plan.general) }}
            )
            then {{ stripped }}
        else {{ number }}
    end
{%- endmacro %}
