{#
    What columns may hold, seen in one scan: the ones of not_null always a value, the ones of
    accepted a value of their list or NULL. Faults are told by column and value.
#}
{% test column_values(model, not_null=[], accepted={}) %}

{%- set faults = [] -%}
{%- for column in not_null -%}
    {%- do faults.append("case when " ~ column ~ " is null then '" ~ column ~ " is missing' end") -%}
{%- endfor -%}
{%- for column, values in accepted.items() -%}
    {%- set value = "cast(" ~ column ~ " as string)" -%}
    {%- do faults.append(
        "case when " ~ value ~ " not in ('" ~ values | join("', '") ~ "') then '"
        ~ column ~ " is ' || " ~ value ~ " end"
    ) -%}
{%- endfor %}

select fault, count(*) as row_count
from (select concat_ws('; ', {{ faults | join(", ") }}) as fault from {{ model }}) as judged
where fault <> ''
group by fault

{% endtest %}
