{#
    A small table that one statement filled is read in the order of its file; Spark wants an order
    named.
#}
{% macro file_row() %}
    {{- return(adapter.dispatch('file_row', 'one360')()) -}}
{% endmacro %}

{% macro default__file_row() %}
    {{- return("1 + row_number() over ()") -}}
{% endmacro %}

{% macro spark__file_row() %}
    {{- return("1 + row_number() over (order by monotonically_increasing_id())") -}}
{% endmacro %}
