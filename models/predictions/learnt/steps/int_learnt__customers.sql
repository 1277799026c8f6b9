{#-
    Who is labelled: by a condition on what is known of customers, where it is known, or by a
    list. Of a crowd everybody else is labelled 0. Samples, folds and spies go by hashes, so that
    they are the same in every run.
-#}
{%- set purposes = learnt_purposes() -%}
{%- set has_lists = purposes | selectattr("labels") | list | length > 0 -%}
-- depends_on: {{ ref("int_predictions__labels") }}
with

purposes as (

    select * from {{ ref("int_learnt__purposes") }}

),

customers as (

    select customer_360.*
    from {{ ref("customer_360") }} as customer_360
    inner join {{ ref("int_predictions__customers") }} as people
        on customer_360.one_id = people.one_id
    where people.is_identified

),

{% if has_lists %}
listed as (

    select distinct
        one_id,
        label_code,
        label_value
    from {{ ref("int_predictions__labels") }}
    where one_id is not null

),

{% endif %}
given as (

    {% for purpose in purposes -%}
        {% if purpose.where -%}
            select
                one_id,
                '{{ purpose.purpose }}' as purpose,
                case
                    when {{ purpose.where }} then 1
                    when not ({{ purpose.where }}) then 0
                end as outcome
            from customers
        {% else -%}
            select
                customers.one_id,
                '{{ purpose.purpose }}' as purpose,
                listed.label_value as outcome
            from customers
            left join listed
                on
                    customers.one_id = listed.one_id
                    and listed.label_code = '{{ purpose.labels }}'
        {% endif -%}
        {{ "union all" if not loop.last }}
    {% else -%}
        select
            one_id,
            'none' as purpose,
            0 as outcome
        from customers
        where false
    {% endfor %}

),

labelled as (

    select
        given.one_id,
        given.purpose,
        purposes.folds,
        purposes.sample_customers,
        coalesce(given.outcome, purposes.unlabelled_outcome) as outcome,
        case
            when purposes.is_sampled_by_outcome
                then coalesce(given.outcome, purposes.unlabelled_outcome)
        end as sampled_group,
        md5(purposes.code || given.one_id) as draw
    from given
    inner join purposes on given.purpose = purposes.purpose
    where coalesce(given.outcome, purposes.unlabelled_outcome) is not null

),

drawn as (

    select
        *,
        row_number() over (partition by purpose, sampled_group order by draw, one_id)
        <= sample_customers as is_sampled,
        count(*) over (partition by purpose, sampled_group) as group_customers
    from labelled

),

numbered as (

    select
        *,
        row_number() over (
            partition by purpose, outcome, is_sampled order by draw, one_id
        ) - 1 as draw_position
    from drawn

)

select
    cast(purpose as string) as purpose,
    cast(one_id as string) as one_id,
    cast(outcome as integer) as outcome,
    cast(case when is_sampled then draw_position % folds + 1 end as integer) as fold,
    cast(
        case
            when is_sampled
                then group_customers / cast(least(group_customers, sample_customers) as double)
        end as double
    ) as customers_stood_for,
    cast(is_sampled as boolean) as is_sampled,
    -- three of twenty
    cast(
        outcome = 1
        and is_sampled
        and floor(draw_position / cast(folds as double)) % 20 in (3, 10, 17) as boolean
    ) as is_spy
from numbered
