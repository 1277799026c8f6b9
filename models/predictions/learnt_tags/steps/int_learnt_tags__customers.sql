{#-
    Who is labelled: by a condition on what is known of customers, where it is known, or by a list; of
    customers that no purpose keeps out of predictions.
    Folds go by hashes, so that they are the same in every run.
-#}
{%- set labels = learnt_tag_labels() -%}
{%- set has_lists = labels | selectattr("labels") | list | length > 0 -%}
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
    where customer_360.is_identified and exclusions.one_id is null

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
labelled as (

    {% for label in labels -%}
        {% if label.where -%}
            select
                one_id,
                '{{ label.code }}' as label_code,
                case when {{ label.where }} then 1 when not ({{ label.where }}) then 0 end as outcome
            from customers
        {% else -%}
            select
                customers.one_id,
                '{{ label.code }}' as label_code,
                listed.label_value as outcome
            from customers
            inner join listed on customers.one_id = listed.one_id
            where listed.label_code = '{{ label.labels }}'
        {% endif -%}
        {{ "union all" if not loop.last }}
    {% else -%}
        select
            one_id,
            'none' as label_code,
            0 as outcome
        from customers
        where false
    {% endfor %}

),

drawn as (

    select
        *,
        row_number() over (
            partition by label_code order by md5(label_code || one_id), one_id
        ) <= {{ var("prediction_sample_customers") }} as is_sampled
    from labelled
    where outcome is not null

),

numbered as (

    select
        *,
        row_number() over (
            partition by label_code, outcome, is_sampled order by md5(label_code || one_id), one_id
        ) as draw_position
    from drawn

)

select
    cast(label_code as string) as label_code,
    cast(one_id as string) as one_id,
    cast(outcome as integer) as outcome,
    cast(case when is_sampled then (draw_position - 1) % 5 + 1 end as integer) as fold,
    cast(is_sampled as boolean) as is_sampled
from numbered
