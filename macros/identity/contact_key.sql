{% macro contact_key(first, second) %}
    {{- return(
        "case when " ~ first ~ " is not null or " ~ second ~ " is not null"
        ~ " then coalesce(" ~ first ~ ", '') || '|' || coalesce(" ~ second ~ ", '') end"
    ) -}}
{% endmacro %}
