{#
    The tags of one family table in the long shape of customer_tags: one_id, tag_code,
    tag_value, tag_score, as_of_date, and with `explained` also inputs, the columns that
    explain the value as JSON text. The table is read once; a tag without a value has no
    row. `tags` are rows of the catalogue.
#}
{% macro unpivot_tags(relation, tags, explained=false) %}
    select
        tag_table.one_id,
        codes.tag_code,
        case codes.tag_position
            {% for tag in tags -%}
            when {{ loop.index }} then cast(tag_table.{{ tag.value_column }} as string)
            {% endfor -%}
        end as tag_value,
        {%- if explained %}
        case codes.tag_position
            {% for tag in tags -%}
            when {{ loop.index }} then {{ tag_inputs("tag_table", tag) }}
            {% endfor -%}
        end as inputs,
        {%- endif %}
        case codes.tag_position
            {% for tag in tags if tag.score_column -%}
            when {{ tags.index(tag) + 1 }} then cast(tag_table.{{ tag.score_column }} as double)
            {% else -%}
            when 0 then cast(null as double)
            {% endfor -%}
        end as tag_score,
        tag_table.as_of_date
    from {{ relation }} as tag_table
    cross join (
        {% for tag in tags -%}
        select {{ loop.index }} as tag_position, '{{ tag.tag_code }}' as tag_code
        {% if not loop.last %}union all{% endif %}
        {% endfor -%}
    ) as codes
    where case codes.tag_position
        {% for tag in tags -%}
        when {{ loop.index }} then tag_table.{{ tag.value_column }} is not null
        {% endfor -%}
    end
{% endmacro %}

{# The inputs and the score of a tag as JSON text. #}
{% macro tag_inputs(alias, tag) %}
    {%- set values = {} -%}
    {%- for column in (tag.input_columns or "").split() + ([tag.score_column] if tag.score_column else []) -%}
        {%- do values.update({column: alias ~ "." ~ column}) -%}
    {%- endfor -%}
    {{- return(json_object(values) if values else "'{}'") -}}
{% endmacro %}
