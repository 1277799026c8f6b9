{#- The seed member_value_actions, or the end of the build where a row of it would be of no use. -#}
{%- set most_orders = member_value_most_orders() -%}
{%- set known = member_value_actions() | join("', '") -%}
with

actions as (

    select * from {{ ref("member_value_actions") }}

),

checked as (

    select
        action_code,
        max_units,
        case
            when coalesce(action_code, '') not in ('{{ known }}')
                then {{ stop_build(
                    "'seed member_value_actions: there is no action ' || coalesce(action_code, '(empty)')"
                    ~ " || '; known are: " ~ member_value_actions() | join(", ") ~ "'"
                ) }}
            when effort_per_unit is null or effort_per_unit <= 0
                then {{ stop_build(
                    "'seed member_value_actions: the effort of ' || action_code || ' must be above 0'"
                ) }}
            when max_units is null or max_units < 1
                then {{ stop_build(
                    "'seed member_value_actions: max_units of ' || action_code || ' must be at least 1'"
                ) }}
            when action_code = 'buy_again' and max_units > {{ most_orders }}
                then {{ stop_build(
                    "'seed member_value_actions: max_units of buy_again must be at most "
                    ~ most_orders ~ "'"
                ) }}
            else effort_per_unit
        end as effort_per_unit
    from actions

)

select
    cast(action_code as string) as action_code,
    cast(effort_per_unit as double) as effort_per_unit,
    cast(max_units as integer) as max_units
from checked
