{#
    The columns are a key: no combination occurs twice, and none of them is missing
    except where `nullable` names it.
#}
{% test unique_combination(model, columns, nullable=[]) %}

select {{ columns | join(", ") }}, count(*) as row_count
from {{ model }}
group by {{ columns | join(", ") }}
having
    count(*) > 1
    {%- for column in columns if column not in nullable %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
