-- Per channel the same money stands in the staged lines, in behaviour and in core.
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

staged as (
    {% for channel, headers, lines, key, ordered_at in [
        ("pos", "stg_pos__receipts", "stg_pos__receipt_lines", "receipt_id", "sold_at"),
        ("web", "stg_web__orders", "stg_web__order_lines", "order_id", "ordered_at"),
        ("wechat", "stg_wechat__orders", "stg_wechat__order_lines", "order_id", "ordered_at"),
    ] %}
    select
        '{{ channel }}' as channel,
        count(*) as line_count,
        coalesce(sum(lines.net_amount), 0) as net_amount
    from {{ ref(lines) }} as lines
    inner join {{ ref(headers) }} as headers
        on lines.{{ key }} = headers.{{ key }}
    cross join as_of
    where headers.{{ ordered_at }} <= as_of.as_of_at
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

facts as (
    {% for fact in [
        "int_behaviour__orders", "int_behaviour__order_lines", "orders", "order_lines"
    ] %}
    select
        '{{ fact }}' as fact,
        channel,
        sum({{ "line_count" if fact.endswith("orders") else "1" }}) as line_count,
        sum(net_amount) as net_amount
    from {{ ref(fact) }}
    group by channel
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

expected as (

    select
        fact_names.fact,
        staged.*
    from staged
    cross join (select distinct fact from facts) as fact_names

)

select
    expected.fact,
    expected.channel,
    expected.net_amount as staged_net_amount,
    facts.net_amount
from expected
left join facts
    on expected.fact = facts.fact and expected.channel = facts.channel
where
    expected.net_amount <> coalesce(facts.net_amount, 0)
    or expected.line_count <> coalesce(facts.line_count, 0)
