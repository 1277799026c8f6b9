{# The items of a list of texts at the positions that another list gives (the first is 1), in its order and joined; the engines pick them differently. #}
{% macro items_at(items, positions, separator) %}
    {{- return(adapter.dispatch('items_at', 'one360')(items, positions, separator)) -}}
{% endmacro %}

{% macro default__items_at(items, positions, separator) %}
    {{- return("array_to_string(list_select(" ~ items ~ ", " ~ positions ~ "), '" ~ separator ~ "')") -}}
{% endmacro %}

{% macro spark__items_at(items, positions, separator) %}
    {{- return("array_join(transform(" ~ positions ~ ", place -> element_at(" ~ items ~ ", place)), '" ~ separator ~ "')") -}}
{% endmacro %}
