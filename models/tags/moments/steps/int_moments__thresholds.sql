with

dispersion as (

    select * from {{ ref("int_moments__dispersion") }}

)

{% for kind, tag in {
    "visit": "visits_dropped", "purchase": "spend_dropped", "spend": "spend_dropped",
}.items() -%}
    select
        cast('{{ tag }}' as string) as tag_code,
        cast('{{ kind }}_dispersion' as string) as threshold_code,
        cast({{ kind }}_dispersion as string) as threshold_value,
        cast('data' as string) as origin
    from dispersion
    {% if not loop.last %}union all{% endif %}
{% endfor %}
