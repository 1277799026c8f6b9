{#-
    Where each scale ends and how many of the 2000 points each indicator gives at most.
    What nobody has (no site, no reviews) takes no part, nor a share that is the same for
    everybody (a shop without returns): their points go to the others.
-#}
{%- set indicators = member_value_indicators() -%}
with

behaviour as (

    select * from {{ ref("int_member_value__behaviour") }}

),

member_value_weights as (

    select * from {{ ref("int_member_value__weights") }}

),

caps as (

    {{ indicator_caps("behaviour", indicators) }}

),

weights as (

    {{ indicator_weights("member_value_weights", indicators) }}

),

differing as (

    select
    {% for indicator in indicators if indicator.kind == "share" -%}
            case when min({{ indicator.code }}) < max({{ indicator.code }}) then 1 else 0 end
                as {{ indicator.code }}_differs
            {{- "," if not loop.last }}
    {% endfor -%}
    from behaviour

),

shares as (

    select
    {% for indicator in indicators -%}
            {% if indicator.kind == "root" -%}
                coalesce(caps.{{ indicator.code }}_cap, 0) as {{ indicator.code }}_cap,
            {% endif -%}
            weights.{{ indicator.code }}_weight * coalesce(caps.{{ indicator.code }}_used, 0)
            {%- if indicator.kind == "share" %} * differing.{{ indicator.code }}_differs{% endif %}
                as {{ indicator.code }}_weight
            {{- "," if not loop.last }}
    {% endfor -%}
    from caps
    cross join weights
    cross join differing

),

totals as (

    select
        *,
        nullif(
            {% for indicator in indicators -%}
                {{ indicator.code }}_weight{{ " + " if not loop.last }}
            {% endfor -%}, 0
        ) as all_weights
    from shares

),

-- an order of unknown size is one of the usual size
usual as (

    select
        coalesce(sum(amount) / nullif(cast(sum(kept_orders) as double), 0), 0)
            as usual_order_amount
    from behaviour

)

select
    {% for indicator in indicators -%}
        {% if indicator.kind == "root" -%}
            cast(totals.{{ indicator.code }}_cap as double) as {{ indicator.code }}_cap,
        {% endif -%}
        cast(
            coalesce(2000 * totals.{{ indicator.code }}_weight / totals.all_weights, 0) as double
        ) as {{ indicator.code }}_points,
    {% endfor -%}
    cast(usual.usual_order_amount as double) as usual_order_amount
from totals
cross join usual
