{% macro parse_timestamp(expression, format) %}
    {{- return(adapter.dispatch('parse_timestamp', 'one360')(expression, format)) -}}
{% endmacro %}

{% macro default__parse_timestamp(expression, format) %}
    {{- return("try_strptime(" ~ expression ~ ", '" ~ format ~ "')") -}}
{% endmacro %}

{% macro spark__parse_timestamp(expression, format) %}
    {{- return("try_to_timestamp(" ~ expression ~ ", '" ~ format.replace("%Y", "yyyy").replace("%m", "MM").replace("%d", "dd").replace("%H", "HH").replace("%M", "mm").replace("%S", "ss") ~ "')") -}}
{% endmacro %}
