{#
    The tags of one family table in the long shape of customer_tags: one_id, tag_code,
    tag_value, tag_score, as_of_date. The table is read once; a tag without a value has
    no row. `tags` is a list of {code, value, score}; score may be missing.
#}
{% macro unpivot_tags(relation, tags) %}
    select
        tag_table.one_id,
        codes.tag_code,
        case codes.tag_code
            {% for tag in tags -%}
            when '{{ tag.code }}' then cast(tag_table.{{ tag.value }} as string)
            {% endfor -%}
        end as tag_value,
        case codes.tag_code
            {% for tag in tags -%}
            {% if tag.score -%}
            when '{{ tag.code }}' then cast(tag_table.{{ tag.score }} as double)
            {% endif -%}
            {% endfor -%}
            else cast(null as double)
        end as tag_score,
        tag_table.as_of_date
    from {{ relation }} as tag_table
    cross join (
        {% for tag in tags -%}
        select '{{ tag.code }}' as tag_code
        {% if not loop.last %}union all{% endif %}
        {% endfor -%}
    ) as codes
    where case codes.tag_code
        {% for tag in tags -%}
        when '{{ tag.code }}' then tag_table.{{ tag.value }} is not null
        {% endfor -%}
    end
{% endmacro %}
