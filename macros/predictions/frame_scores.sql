{#- One row per customer and purpose; where the model has no score of a customer, the reason why. -#}
{% macro frame_scores(models, parameters, model_method, score) %}
    with as_of as (

        select as_of_date from {{ ref("int_behaviour__as_of") }}

    ),

    customers as (

        select one_id from {{ ref("customers") }}

    ),

    exclusions as (

        select
            one_id,
            exclusion_reason
        from {{ ref("customer_exclusions") }}
        where covers = 'predictions'

    ),

    frame as (

        select * from {{ ref("int_predictions__frame") }}
        where step = 0

    ),

    models as (

        select * from {{ models }}

    ),

    parameters as (

        select * from {{ parameters }}

    ),

    versions as (

        {{ linear_parameters("parameters", ["purpose", "model_version", "horizon_days"]) }}

    ),

    chosen as (

        select versions.*
        from versions
        inner join models
            on
                versions.purpose = models.purpose
                and versions.model_version = models.model_version
        where models.is_chosen

    ),

    -- why nobody has a score: what kept the newest version of the widest model from being fitted
    purposes as (

        select
            parameters.purpose,
            parameters.horizon_days,
            chosen.model_version,
            coalesce(parameters.reason, 'no_model_beats_the_base_rate') as reason
        from parameters
        left join chosen on parameters.purpose = chosen.purpose
        where
            parameters.feature = 'intercept'
            and parameters.step = 0
            and parameters.method = '{{ model_method }}'

    ),

    predicted as (

        select
            frame.one_id,
            chosen.purpose,
            {{ linear_predictor("frame", "chosen") }} as linear
        from frame
        inner join chosen on frame.horizon_days = chosen.horizon_days

    ),

    scored as (

        select
            one_id,
            purpose,
            {{ score }} as score
        from predicted

    ),

    buyers as (

        select
            one_id,
            horizon_days
        from frame

    )

    select
        customers.one_id,
        purposes.purpose,
        purposes.horizon_days,
        as_of.as_of_date,
        scored.score,
        case when scored.score is not null then purposes.model_version end as model_version,
        case
            when scored.score is not null then null
            when exclusions.one_id is not null then exclusions.exclusion_reason
            when buyers.one_id is null then 'no_order_yet'
            else purposes.reason
        end as reason
    from customers
    cross join purposes
    cross join as_of
    left join scored
        on customers.one_id = scored.one_id and purposes.purpose = scored.purpose
    left join exclusions on customers.one_id = exclusions.one_id
    left join buyers
        on
            customers.one_id = buyers.one_id
            and purposes.horizon_days = buyers.horizon_days
{%- endmacro %}
