{#
    Empirical Bayes for shares over several values (brands, dayparts), as beta_prior.sql has
    it for a rate: the sample size of the Dirichlet prior whose mean are the population's shares,
    from sums over customers of their observations n and over customers and values of k²/n.
    `evenness` is 1 less the sum of the squared population shares. With two values it is the
    beta prior.
#}
{% macro dirichlet_prior_size(squares, evenness, trials, trials_squared, customers) %}
    {%- set likeness -%}
        least(greatest(coalesce(
            (
                {{ squares }} - (1 - {{ evenness }}) * {{ trials }}
                - {{ evenness }} * ({{ customers }} - 1)
            ) / nullif(
                {{ evenness }} * (
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

{% macro dirichlet_difference_variance(share, other_share, trials, prior_size) %}
    {{- return(
        "((" ~ share ~ " + " ~ other_share ~ " - (" ~ share ~ " - " ~ other_share ~ ") * ("
        ~ share ~ " - " ~ other_share ~ ")) / (" ~ trials ~ " + " ~ prior_size ~ " + 1))"
    ) -}}
{% endmacro %}
