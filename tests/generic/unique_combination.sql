{# The columns are a key: no value of one is missing, no combination occurs twice. #}
{% test unique_combination(model, columns) %}

select {{ columns | join(", ") }}, count(*) as row_count
from {{ model }}
group by {{ columns | join(", ") }}
having count(*) > 1
{%- for column in columns %} or {{ column }} is null{% endfor %}

{% endtest %}
