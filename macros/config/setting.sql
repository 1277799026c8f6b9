{# The value of a project variable; an unknown name stops the compile. #}
{% macro setting(name) %}
    {%- set rules = setting_rules() -%}
    {%- if name not in rules -%}
        {{ exceptions.raise_compiler_error(
            "setting('" ~ name ~ "') is not one of: " ~ (rules.keys() | sort | join(", "))
        ) }}
    {%- endif -%}
    {{ return(var(name)) }}
{% endmacro %}
