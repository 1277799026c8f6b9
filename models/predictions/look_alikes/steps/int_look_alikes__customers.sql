{#-
    Whom a crowd is made of, and who else there is: the seeds, and which customers it is learnt from
    and tested on. Folds and spies go by hashes, so that they are the same in every run.
-#}
{%- set crowds = look_alike_crowds() -%}
{%- set has_lists = crowds | selectattr("labels") | list | length > 0 -%}
-- depends_on: {{ ref("int_predictions__labels") }}
with

exclusions as (

    select one_id from {{ ref("customer_exclusions") }}
    where covers = 'predictions'

),

customers as (

    select customer_360.*
    from {{ ref("customer_360") }} as customer_360
    left join exclusions on customer_360.one_id = exclusions.one_id
    where exclusions.one_id is null

),

{% if has_lists %}
listed as (

    select distinct
        one_id,
        label_code
    from {{ ref("int_predictions__labels") }}
    where one_id is not null and label_value = 1

),

{% endif %}
crowds as (

    {% for crowd in crowds -%}
        {% if crowd.where -%}
            select
                one_id,
                is_identified,
                '{{ crowd.code }}' as crowd_code,
                coalesce({{ crowd.where }}, false) as is_seed
            from customers
        {% else -%}
            select
                customers.one_id,
                customers.is_identified,
                '{{ crowd.code }}' as crowd_code,
                listed.one_id is not null as is_seed
            from customers
            left join listed
                on
                    customers.one_id = listed.one_id
                    and listed.label_code = '{{ crowd.labels }}'
        {% endif -%}
        {{ "union all" if not loop.last }}
    {% else -%}
        select
            one_id,
            is_identified,
            'none' as crowd_code,
            false as is_seed
        from customers
        where false
    {% endfor %}

),

drawn as (

    select
        *,
        row_number() over (
            partition by crowd_code, is_seed order by md5(crowd_code || one_id), one_id
        ) as draw_position,
        count(*) over (partition by crowd_code, is_seed) as group_customers
    from crowds
    where is_identified

),

sampled as (

    select
        *,
        draw_position <= {{ var("look_alike_sample_customers") }} as is_sampled,
        least(group_customers, {{ var("look_alike_sample_customers") }}) as group_sampled
    from drawn

)

select
    cast(crowd_code as string) as crowd_code,
    cast(one_id as string) as one_id,
    cast(case when is_sampled then (draw_position - 1) % 3 + 1 end as integer) as fold,
    cast(
        case when is_sampled then group_customers / cast(group_sampled as double) end as double
    ) as customers_stood_for,
    cast(is_seed as boolean) as is_seed,
    -- three of twenty
    cast(
        is_seed and is_sampled and floor((draw_position - 1) / 3.0) % 20 in (3, 10, 17) as boolean
    ) as is_spy,
    cast(is_sampled as boolean) as is_sampled
from sampled
