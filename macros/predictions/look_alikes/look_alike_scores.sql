{#-
    What versions give customers: the sum of a linear model of which most features are 0. What all
    zeros come to stands in each version once, and only the others are joined.
-#}
{% macro look_alike_scores(customers, parameters, versions) %}
    with parameters as (

        {{ parameters }}

    ),

    bases as (

        select
            crowd_code,
            method,
            model_version,
            fold,
            sum(
                case
                    when feature = 'intercept' then coefficient
                    else -coefficient * centre / scale
                end
            ) as base
        from parameters
        group by crowd_code, method, model_version, fold

    ),

    customers as (

        {{ customers }}

    ),

    pairs as (

        select
            customers.*,
            bases.method,
            bases.model_version,
            bases.fold as version_fold,
            bases.base
        from customers
        inner join bases
            on customers.crowd_code = bases.crowd_code and {{ versions }}

    ),

    sums as (

        select
            pairs.crowd_code,
            pairs.one_id,
            pairs.method,
            sum(parameters.coefficient / parameters.scale * ln(1 + features.value)) as total
        from pairs
        inner join {{ ref("int_predictions__customer_features") }} as features
            on pairs.one_id = features.one_id
        inner join parameters
            on
                pairs.crowd_code = parameters.crowd_code
                and pairs.method = parameters.method
                and pairs.version_fold = parameters.fold
                and features.feature = parameters.feature
        group by pairs.crowd_code, pairs.one_id, pairs.method

    )

    select
        pairs.*,
        round(pairs.base + coalesce(sums.total, 0), 9) as score
    from pairs
    left join sums
        on
            pairs.crowd_code = sums.crowd_code
            and pairs.one_id = sums.one_id
            and pairs.method = sums.method
{%- endmacro %}
