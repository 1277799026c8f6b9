{# What a contact weighs in the graph: what costs the other customer more weighs more. #}
{% macro influence_weights() %}
    {{- return({"like": 1, "reply": 2, "open": 1, "register": 5, "order": 5}) -}}
{% endmacro %}
