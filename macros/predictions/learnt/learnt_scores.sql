{#-
    What versions give customers. Sums of terms and bins: what all zeros come to stands in each
    version once, and only features that are not 0 are joined. Forests: each tree is walked level by
    level, and the shares of the leaves are averaged.
-#}
{% macro learnt_scores(customers, parameters, versions) %}
    with parameters as (

        {{ parameters }}

    ),

    bases as (

        select
            purpose,
            method,
            model_version,
            fold,
            sum(
                case
                    when feature = 'intercept' then coefficient
                    when scale is not null then -coefficient * centre / scale
                    else 0
                end
            ) as base,
            max(case when feature = 'trees' then coefficient end) as slope_of_trees,
            max(case when feature = 'trees' then low end) as least_share,
            max(case when feature = 'trees' then high end) as largest_share
        from parameters
        where tree = 0
        group by purpose, method, model_version, fold

    ),

    customers as (

        {{ customers }}

    ),

    features as (

        select
            one_id,
            feature,
            value,
            cast(value as float) as narrow_value
        from {{ ref("int_predictions__customer_features") }}

    ),

    pairs as (

        select
            customers.*,
            bases.method,
            bases.model_version,
            bases.fold as version_fold,
            bases.base,
            bases.slope_of_trees,
            bases.least_share,
            bases.largest_share
        from customers
        inner join bases
            on customers.purpose = bases.purpose and {{ versions }}

    ),

    sums as (

        select
            pairs.purpose,
            pairs.one_id,
            pairs.method,
            sum(
                case
                    when parameters.scale is null then parameters.coefficient
                    else parameters.coefficient / parameters.scale * ln(1 + features.value)
                end
            ) as total
        from pairs
        inner join features on pairs.one_id = features.one_id
        inner join parameters
            on
                pairs.purpose = parameters.purpose
                and pairs.method = parameters.method
                and pairs.version_fold = parameters.fold
                and features.feature = parameters.feature
                and features.value >= coalesce(parameters.low, 0)
                and (parameters.high is null or features.value < parameters.high)
        where parameters.tree = 0
        group by pairs.purpose, pairs.one_id, pairs.method

    ),

    nodes as (

        select
            purpose,
            method,
            fold,
            tree,
            node,
            feature,
            high,
            coefficient
        from parameters
        where tree > 0

    ),

    level_0 as (

        select
            pairs.purpose,
            pairs.one_id,
            pairs.method,
            pairs.version_fold,
            nodes.tree,
            nodes.node,
            nodes.feature,
            nodes.high,
            nodes.coefficient
        from pairs
        inner join nodes
            on
                pairs.purpose = nodes.purpose
                and pairs.method = nodes.method
                and pairs.version_fold = nodes.fold
        where nodes.node = 0

    ),

    {% for level in range(1, tree_depth() + 1) -%}
        -- a leaf stays where it is
        turned_{{ level }} as (

            select
                above.purpose,
                above.one_id,
                above.method,
                above.version_fold,
                above.tree,
                case
                    when above.high is null then above.node
                    when coalesce(features.narrow_value, 0) <= above.high then 2 * above.node + 1
                    else 2 * above.node + 2
                end as node
            from level_{{ level - 1 }} as above
            left join features
                on above.one_id = features.one_id and above.feature = features.feature

        ),

        level_{{ level }} as (

            select
                turned.purpose,
                turned.one_id,
                turned.method,
                turned.version_fold,
                turned.tree,
                turned.node,
                nodes.feature,
                nodes.high,
                nodes.coefficient
            from turned_{{ level }} as turned
            inner join nodes
                on
                    turned.purpose = nodes.purpose
                    and turned.method = nodes.method
                    and turned.version_fold = nodes.fold
                    and turned.tree = nodes.tree
                    and turned.node = nodes.node

        ),

    {% endfor -%}
    leaves as (

        select
            purpose,
            one_id,
            method,
            avg(coefficient) as leaf_share
        from level_{{ tree_depth() }}
        group by purpose, one_id, method

    ),

    -- the share comes as near to 0 and 1 as the forest says
    totals as (

        select
            pairs.*,
            sums.total,
            least(greatest(leaves.leaf_share, pairs.least_share), pairs.largest_share) as leaf_share
        from pairs
        left join sums
            on
                pairs.purpose = sums.purpose
                and pairs.one_id = sums.one_id
                and pairs.method = sums.method
        left join leaves
            on
                pairs.purpose = leaves.purpose
                and pairs.one_id = leaves.one_id
                and pairs.method = leaves.method

    )

    select
        *,
        round(
            base
            + coalesce(total, 0)
            + coalesce(slope_of_trees * ln(leaf_share / (1 - leaf_share)), 0),
            9
        ) as score
    from totals
{%- endmacro %}
