{# The contract of the table holds its columns to what is declared. #}
{% macro family_columns(family) %}
    {%- set columns = {} -%}
    {%- if execute -%}
        {%- for column in graph.nodes["model.one360." ~ family].columns.values()
            if column.name not in ("one_id", "as_of_date") -%}
            {%- do columns.update({column.name: column.data_type}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{% endmacro %}
