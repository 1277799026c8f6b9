{#- The tiers with the score at which the next one begins, or the end of the build. -#}
with

tiers as (

    select * from {{ ref("member_value_tiers") }}

),

checked as (

    select
        level_code,
        is_top_programme,
        name_en,
        name_zh,
        case
            when min(score_from) over () <> 0
                then {{ stop_build("'seed member_value_tiers: the lowest tier must begin at 0'") }}
            when score_from > 2000
                then {{ stop_build(
                    "'seed member_value_tiers: ' || level_code || ' begins above 2000, the highest score'"
                ) }}
            when count(*) over (partition by score_from) > 1
                then {{ stop_build(
                    "'seed member_value_tiers: two tiers begin at ' || cast(score_from as string)"
                ) }}
            else score_from
        end as score_from
    from tiers

)

select
    cast(level_code as string) as level_code,
    cast(lead(level_code) over (order by score_from) as string) as next_level_code,
    cast(name_en as string) as name_en,
    cast(name_zh as string) as name_zh,
    cast(score_from as integer) as score_from,
    cast(lead(score_from) over (order by score_from) as integer) as score_below,
    cast(is_top_programme as boolean) as is_top_programme
from checked
