{# DuckDB has list_select, Spark transform. #}
{% macro items_at(items, positions, separator) %}
    {{- return(adapter.dispatch('items_at', 'one360')(items, positions, separator)) -}}
{% endmacro %}

{% macro default__items_at(items, positions, separator) %}
    {{- return("array_to_string(list_select(" ~ items ~ ", " ~ positions ~ "), '" ~ separator ~ "')") -}}
{% endmacro %}

{% macro spark__items_at(items, positions, separator) %}
    {{- return("array_join(transform(" ~ positions ~ ", place -> element_at(" ~ items ~ ", place)), '" ~ separator ~ "')") -}}
{% endmacro %}
