{% macro column_position(family, name) %}
    case {{ name }}
        {% for column in family_columns(family) -%}
        when '{{ column }}' then {{ loop.index }}
        {% else -%}
        when '' then 0
        {% endfor -%}
    end
{%- endmacro %}
