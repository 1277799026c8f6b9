{# The value of a project variable. #}
{% macro setting(name) %}
    {{ return(var(name)) }}
{% endmacro %}
