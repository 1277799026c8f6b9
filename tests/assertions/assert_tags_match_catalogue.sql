-- Every tag that the project makes has an entry in the seed tag_catalogue, every entry is
-- a tag that is made, and both name the same model and column.
with

made as (

    {% for model, tags in tag_list().items() -%}
        {% set outer = loop -%}
        {% for tag in tags -%}
            select
                '{{ tag.code }}' as tag_code,
                '{{ model }}' as model_name,
                '{{ tag.value }}' as column_name
            {% if not (loop.last and outer.last) %}union all{% endif %}
        {% endfor %}
    {% endfor %}

),

catalogue as (

    select * from {{ ref("tag_catalogue") }}

)

select
    coalesce(made.tag_code, catalogue.tag_code) as tag_code,
    case
        when catalogue.tag_code is null then 'made but not in the catalogue'
        when made.tag_code is null then 'in the catalogue but not made'
        else 'another model or column than the catalogue says'
    end as fault
from made
full outer join catalogue on made.tag_code = catalogue.tag_code
where
    made.tag_code is null
    or catalogue.tag_code is null
    or made.model_name <> catalogue.model_name
    or made.column_name <> catalogue.column_name
