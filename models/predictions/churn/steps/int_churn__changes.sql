{#-
    What the version that scores a customer today makes of what was known 28 days before, and what
    moved its sum to where the score went.
-#}
{%- set groups = frame_feature_groups() -%}
{%- set features = frame_features() -%}
with

scores as (

    select * from {{ ref("int_churn__scores") }}
    where purpose like 'churn_%' and score is not null

),

parameters as (

    select * from {{ ref("int_churn__parameters") }}

),

levels as (

    select * from {{ ref("int_churn__levels") }}

),

today as (

    select * from {{ ref("int_predictions__frame") }}
    where horizon_days = 28 and step = 0

),

before as (

    select * from {{ ref("int_predictions__frame") }}
    where horizon_days = 28 and step = -1

),

versions as (

    {{ linear_parameters("parameters", ["purpose", "model_version"]) }}

),

moved as (

    select
        scores.one_id,
        scores.purpose,
        scores.score,
        {% for feature in features -%}
            before.{{ feature }} as {{ feature }}_before,
            today.{{ feature }},
            {{ linear_term(feature, "today", "versions") }}
            - {{ linear_term(feature, "before", "versions") }} as {{ feature }}_moved,
        {% endfor -%}
        {{ linear_predictor("before", "versions") }} as linear
    from scores
    inner join versions
        on scores.purpose = versions.purpose and scores.model_version = versions.model_version
    inner join today on scores.one_id = today.one_id
    inner join before on scores.one_id = before.one_id

),

scored as (

    select
        *,
        {{ logistic_probability("linear") }} as score_before
    from moved

),

directed as (

    select
        *,
        sign(score - score_before) as toward
    from scored

),

grouped as (

    select
        {% for group, members in groups.items() -%}
            directed.toward * (
                0
                {% for feature in members -%}
                    + directed.{{ feature }}_moved
                {% endfor -%}
            ) as {{ group }}_moved,
        {% endfor -%}
        directed.*
    from directed

),

ranked as (

    select
        *,
        greatest(
            {{ groups.keys() | join("_moved, ") }}_moved
        ) as most_moved
    from grouped

),

named as (

    select
        *,
        case
            when toward = 0 then null
            {% for group in groups -%}
                when {{ group }}_moved = most_moved then '{{ group }}'
            {% endfor -%}
        end as feature_group
    from ranked

),

-- of the group that moved the sum most, the feature that did
featured as (

    select
        *,
        case
            {% for group, members in groups.items() -%}
                {% for feature in members -%}
                    when
                        feature_group = '{{ group }}'
                        {% for other in members if other != feature -%}
                            and toward * {{ feature }}_moved >= toward * {{ other }}_moved
                        {% endfor -%}
                        then '{{ feature }}'
                {% endfor -%}
            {% endfor -%}
        end as feature
    from named

),

valued as (

    select
        one_id,
        purpose,
        feature_group,
        feature,
        score_before,
        case feature
            {% for feature in features -%}
                when '{{ feature }}' then {{ feature }}
            {% endfor -%}
        end as feature_value,
        case feature
            {% for feature in features -%}
                when '{{ feature }}' then {{ feature }}_before
            {% endfor -%}
        end as feature_value_before
    from featured

)

select
    cast(valued.one_id as string) as one_id,
    cast(valued.purpose as string) as purpose,
    cast(levels.level as string) as level_before,
    cast(valued.feature_group as string) as feature_group,
    cast(valued.feature as string) as feature,
    cast(valued.score_before as double) as score_before,
    cast(valued.feature_value as double) as feature_value,
    cast(valued.feature_value_before as double) as feature_value_before
from valued
left join levels
    on
        valued.purpose = levels.purpose
        and {{ is_in_churn_level("valued.score_before", "levels") }}
