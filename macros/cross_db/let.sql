{#
    Names the value of an expression inside another: let("trim(x)", "value", "value || value").
    SQL has no such form, and a long expression used ten times is computed ten times; a
    lambda over a list of one does it. The engines index lists differently.
#}
{% macro let(expression, name, body) %}
    {{- return(adapter.dispatch('let', 'one360')(expression, name, body)) -}}
{% endmacro %}

{% macro default__let(expression, name, body) %}
    {{- return("list_transform([" ~ expression ~ "], lambda " ~ name ~ ": " ~ body ~ ")[1]") -}}
{% endmacro %}

{% macro spark__let(expression, name, body) %}
    {{- return("transform(array(" ~ expression ~ "), " ~ name ~ " -> " ~ body ~ ")[0]") -}}
{% endmacro %}
