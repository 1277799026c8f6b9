{# The engines name splitting and unnesting differently. #}
{% macro split_rows(source, key, column, separator) %}
    select
        {{ key }},
        {{ adapter.dispatch('split_items', 'one360')(column, separator) }} as item
    from {{ source }}
    where {{ column }} is not null
{% endmacro %}

{% macro default__split_items(column, separator) %}
    {{- return("unnest(string_split(" ~ column ~ ", '" ~ separator ~ "'))") -}}
{% endmacro %}

{% macro spark__split_items(column, separator) %}
    {{- return("explode(split(" ~ column ~ ", '\\\\Q" ~ separator ~ "\\\\E'))") -}}
{% endmacro %}
