{#- Recall and normalised gain of the first ten items of each method, on a later date. -#}
{%- set learnt = learnt_product_methods() -%}
{%- set methods = dict(next_product_methods(), **learnt) -%}
with

test_date as (

    select cutoff_date from {{ ref("int_next_products__splits") }}
    where split_code = 'test'

),

parameters as (

    {{ next_product_parameters(ref("int_next_products__parameters")) }}

),

candidates as (

    select * from {{ ref("int_next_products__scored") }}
    where split_code = 'test'

),

bought_before as (

    select * from {{ ref("int_next_products__purchases") }}
    where split_code = 'test'

),

-- an item bought before is a repeat, any other one is new
next_items as (

    select
        next_items.one_id,
        next_items.item,
        case when bought_before.item is null then 'new' else 'repeat' end as item_kind
    from {{ ref("int_next_products__next_items") }} as next_items
    left join bought_before
        on
            next_items.one_id = bought_before.one_id
            and next_items.item = bought_before.item
    where next_items.split_code = 'test'

),

wanted as (

    select
        one_id,
        'all' as item_kind,
        count(*) as wanted_count
    from next_items
    group by one_id
    union all
    select
        one_id,
        item_kind,
        count(*) as wanted_count
    from next_items
    group by one_id, item_kind

),

of_kinds as (

    select
        *,
        'all' as item_kind
    from candidates
    union all
    select
        *,
        case when is_repeat then 'repeat' else 'new' end as item_kind
    from candidates

),

ranked as (

    {% for method, columns in methods.items() -%}
        select
            one_id,
            item_kind,
            is_bought,
            '{{ method }}' as method,
            row_number() over (
                partition by one_id, item_kind
                order by
                    {% for column in columns -%}
                        round({{ column }}, 9) desc,
                    {% endfor -%}
                    item asc
            ) as item_position
        from of_kinds
        {{ "union all" if not loop.last }}
    {% endfor %}

),

gains as (

    select
        one_id,
        item_kind,
        method,
        count(*) as found_count,
        sum(1 / log2(1 + cast(item_position as double))) as gain
    from ranked
    where item_position <= 10 and is_bought
    group by one_id, item_kind, method

),

places as (

    {% for place in range(1, 11) -%}
        select {{ place }} as place
        {{- " union all" if not loop.last }}
    {% endfor %}

),

best_gains as (

    select
        wanted.one_id,
        wanted.item_kind,
        wanted.wanted_count,
        sum(1 / log2(1 + cast(places.place as double))) as best_gain
    from wanted
    inner join places on wanted.wanted_count >= places.place
    group by wanted.one_id, wanted.item_kind, wanted.wanted_count

),

methods as (

    {% for method in methods -%}
        select '{{ method }}' as method
        {{- " union all" if not loop.last }}
    {% endfor %}

),

per_customer as (

    select
        methods.method,
        best_gains.item_kind,
        coalesce(gains.found_count, 0) / cast(best_gains.wanted_count as double) as recall,
        coalesce(gains.gain, 0) / best_gains.best_gain as ndcg
    from best_gains
    cross join methods
    left join gains
        on
            best_gains.one_id = gains.one_id
            and best_gains.item_kind = gains.item_kind
            and methods.method = gains.method

),

back_tests as (

    {% for metric in ["recall", "ndcg"] -%}
        select
            method,
            case
                when item_kind = 'all' then '{{ metric }}_at_10'
                else '{{ metric }}_at_10_' || item_kind
            end as metric,
            avg({{ metric }}) as value,
            -- of a single customer nothing is known of the spread
            coalesce(
                1.96 * sqrt(
                    greatest(
                        sum({{ metric }} * {{ metric }})
                        - sum({{ metric }}) * sum({{ metric }}) / count(*),
                        0
                    ) / nullif(count(*) - 1, 0) / count(*)
                ),
                1
            ) as margin,
            count(*) as customers
        from per_customer
        group by method, item_kind
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    cast('next_product' as string) as purpose,
    cast(back_tests.method || '-' || parameters.model_version as string) as model_version,
    cast(back_tests.method as string) as method,
    cast(back_tests.metric as string) as metric,
    cast(back_tests.value as double) as value,
    cast(greatest(back_tests.value - back_tests.margin, 0) as double) as value_low,
    cast(least(back_tests.value + back_tests.margin, 1) as double) as value_high,
    cast(back_tests.customers as bigint) as customers,
    cast(
        back_tests.method not in ('{{ learnt.keys() | join("', '") }}') as boolean
    ) as is_baseline,
    cast(test_date.cutoff_date as date) as tested_date
from back_tests
cross join test_date
cross join parameters
where parameters.is_fitted
