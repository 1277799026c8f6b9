{%- set measures = [
    "profiles_per_customer", "names_per_customer", "birth_dates_per_customer",
    "exclusive_values_per_customer", "weak_links_of_customer",
] -%}

with

customer_measures as (

    select * from {{ ref("int_identity__customer_measures") }}

),

norms as (

    select * from {{ ref("identity_norms") }}

),

measured as (

    {% for measure in measures -%}
        select
            one_id,
            '{{ measure }}' as measure_code,
            {{ measure }} as measured
        from customer_measures
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

identity_review as (

    select
        measured.one_id,
        measured.measure_code,
        norms.name_en,
        norms.name_zh,
        norms.reason,
        measured.measured,
        norms.normal_from,
        norms.normal_to
    from measured
    inner join norms on measured.measure_code = norms.measure_code
    where measured.measured < norms.normal_from or measured.measured > norms.normal_to

)

select
    cast(one_id as string) as one_id,
    cast(measure_code as string) as measure_code,
    cast(name_en as string) as name_en,
    cast(name_zh as string) as name_zh,
    cast(reason as string) as reason,
    cast(measured as double) as measured,
    cast(normal_from as double) as normal_from,
    cast(normal_to as double) as normal_to
from identity_review
