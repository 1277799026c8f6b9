with

scale as (

    select * from {{ ref("int_member_value__scale") }}

),

tiers as (

    select * from {{ ref("int_member_value__tiers") }}

),

member_value_thresholds as (

    {% for indicator in member_value_indicators() -%}
        {% if indicator.kind == "root" -%}
            select
                'member_value_score' as tag_code,
                '{{ indicator.code }}_cap' as threshold_code,
                cast(round({{ indicator.code }}_cap, 4) as string) as threshold_value,
                'data' as origin
            from scale

            union all

        {% endif -%}
        select
            'member_value_score' as tag_code,
            '{{ indicator.code }}_points' as threshold_code,
            cast(round({{ indicator.code }}_points, 4) as string) as threshold_value,
            'seed' as origin
        from scale

        union all

    {% endfor -%}
    select
        'member_value_tier' as tag_code,
        level_code || '_from' as threshold_code,
        cast(score_from as string) as threshold_value,
        'seed' as origin
    from tiers

)

select
    cast(tag_code as string) as tag_code,
    cast(threshold_code as string) as threshold_code,
    cast(threshold_value as string) as threshold_value,
    cast(origin as string) as origin
from member_value_thresholds
