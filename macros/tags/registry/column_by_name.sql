{% macro column_by_name(family, name, type) %}
    case {{ name }}
        {% for column, column_type in family_columns(family).items()
            if type != "double" or column_type.split("(")[0] in ("integer", "bigint", "double", "decimal") -%}
        when '{{ column }}' then cast({{ family }}.{{ column }} as {{ type }})
        {% else -%}
        when '' then cast(null as {{ type }})
        {% endfor -%}
    end
{%- endmacro %}
