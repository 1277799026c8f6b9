{#
    The rows of a weights seed, or the end of the build where the weights of a scope do not
    sum to 1 or a code is not one that the project computes. Called by a model that all
    users of the weights read.
#}
{% macro checked_weights(seed_name, source, scope, known_codes) %}
    select
        {{ scope }} as scope,
        indicator_code,
        case
            when abs(sum(weight) over (partition by {{ scope }}) - 1) > 0.000001
                then {{ stop_build(
                    "'seed " ~ seed_name ~ ": the weights of scope ' || " ~ scope
                    ~ " || ' sum to ' || cast(round(sum(weight) over (partition by " ~ scope
                    ~ "), 6) as string) || ', not to 1'"
                ) }}
            when weight < 0
                then {{ stop_build("'seed " ~ seed_name ~ ": the weight of ' || indicator_code || ' is negative'") }}
            when indicator_code not in ('{{ known_codes | join("', '") }}')
                then {{ stop_build(
                    "'seed " ~ seed_name ~ ": there is no indicator ' || indicator_code || '; known are: "
                    ~ known_codes | join(", ") ~ "'"
                ) }}
            else weight
        end as weight
    from {{ source }}
{% endmacro %}
