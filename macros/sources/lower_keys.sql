{% macro lower_keys(columns) %}
    {% set by_name = {} %}
    {% for name, type in columns.items() %}
        {% do by_name.update({name | lower: {"name": name, "type": type}}) %}
    {% endfor %}
    {{ return(by_name) }}
{% endmacro %}
