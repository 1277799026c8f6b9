{#
    Empirical Bayes for rates. A customer's own rate k / n counts for little while n is
    small, so it is drawn towards the mean of all customers:

        rate     = (k + prior_size * mean) / (n + prior_size)
        variance = rate * (1 - rate) / (n + prior_size + 1)

    which is the posterior of a beta prior with that mean and sample size. The sample size comes
    from the data by the moments of Kleinman (1973), Proportions with extraneous variance,
    JASA 68, weighted by n: where customers differ no more than chance makes them differ,
    nearly nothing is left of the own rate; where they are all of one kind or the other,
    two cases say much.
#}

{#
    The sample size from five sums over customers: k²/n, k, n, n² and the number of them.
    Customers without a success need no row of their own as long as n, n² and the number
    count them.
#}
{% macro beta_prior_size(successes_squared, successes, trials, trials_squared, customers) %}
    {%- set mean = "(" ~ successes ~ " / nullif(cast(" ~ trials ~ " as double), 0))" -%}
    {%- set chance = "(" ~ mean ~ " * (1 - " ~ mean ~ "))" -%}
    {%- set likeness -%}
        least(greatest(coalesce(
            (
                {{ successes_squared }} - {{ mean }} * {{ successes }}
                - {{ chance }} * ({{ customers }} - 1)
            ) / nullif(
                {{ chance }} * (
                    {{ trials }} - {{ trials_squared }} / nullif(cast({{ trials }} as double), 0)
                    - ({{ customers }} - 1)
                ),
                0
            ),
            0
        ), 0.001), 0.999)
    {%- endset -%}
    ((1 - {{ likeness }}) / {{ likeness }})
{%- endmacro %}

{% macro beta_mean(successes, trials, prior_mean, prior_size) %}
    {{- return(
        "((" ~ successes ~ " + " ~ prior_size ~ " * " ~ prior_mean ~ ") / ("
        ~ trials ~ " + " ~ prior_size ~ "))"
    ) -}}
{% endmacro %}

{% macro beta_variance(mean, trials, prior_size) %}
    {{- return(
        "(" ~ mean ~ " * (1 - " ~ mean ~ ") / (" ~ trials ~ " + " ~ prior_size ~ " + 1))"
    ) -}}
{% endmacro %}

{#
    Probability that a value lies above a limit, from its mean and variance: the normal
    distribution by its logistic approximation 1 / (1 + exp(-1.702 z)), within 0.0095 of it
    everywhere. Neither engine has the error function of the other.
#}
{% macro probability_above(mean, variance, limit) %}
    {{- return(
        "(1 / (1 + exp(-1.702 * least(greatest((" ~ mean ~ " - " ~ limit ~ ") / greatest(sqrt("
        ~ variance ~ "), 0.000001), -20), 20))))"
    ) -}}
{% endmacro %}
