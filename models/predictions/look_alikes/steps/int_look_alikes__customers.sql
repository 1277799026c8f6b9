{#-
    Whom a crowd is made of, and who else there is: the seeds, and which customers it is learnt from
    and tested on. Folds and spies go by hashes, so that they are the same in every run.
-#}
{%- set crowds = look_alike_crowds() -%}
with

customers as (

    select * from {{ ref("customer_360") }}

),

crowds as (

    {% for crowd in crowds -%}
        select
            one_id,
            is_identified,
            '{{ crowd.code }}' as crowd_code,
            {% if crowd.where -%}
                coalesce({{ crowd.where }}, false) as is_seed
            {%- else -%}
                one_id in (
                    select labels.one_id
                    from {{ ref("int_predictions__labels") }} as labels
                    where
                        labels.label_code = '{{ crowd.labels }}'
                        and labels.label_value = 1
                        and labels.one_id is not null
                ) as is_seed
            {%- endif %}
        from customers
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
