{#
    The pattern of mobile numbers of fewer than ten digits, of the regions whose phones are known; of
    other regions they are longer, and any number of ten digits is cleaned as it is. With none of them
    it is a pattern that nothing matches.
#}
{% macro short_phones() %}
    {%- set patterns = {
        "HK": "[4-79][0-9]{3}[ -]?[0-9]{4}",
        "MO": "6[0-9]{3}[ -]?[0-9]{4}",
        "SG": "[89][0-9]{3}[ -]?[0-9]{4}",
        "ES": "[67][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}",
    } -%}
    {%- set found = ["[0-9]{40}"] -%}
    {%- for region in [var("default_region")] + var("phone_regions") if region in patterns -%}
        {%- do found.append(patterns[region]) -%}
    {%- endfor -%}
    {{- return(found | unique | join("|")) -}}
{% endmacro %}
