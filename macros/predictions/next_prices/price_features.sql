{#- What bands are told apart by; each is a logarithm per band in int_next_prices__customers. -#}
{% macro price_features() %}
    {{- return(["category", "own", "last", "faded", "recent", "elsewhere"]) -}}
{% endmacro %}
{% macro price_bands() %}
    {{- return(["low", "mid", "high"]) -}}
{% endmacro %}
