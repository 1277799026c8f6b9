{# Counts are whole: half a line less or more says nothing (Yates 1934). #}
{% macro share_z_score(count, expected, variance) %}
    (
        case
            when {{ count }} - {{ expected }} > 0.5 then {{ count }} - {{ expected }} - 0.5
            when {{ count }} - {{ expected }} < -0.5 then {{ count }} - {{ expected }} + 0.5
            else 0
        end / nullif(sqrt({{ variance }}), 0)
    )
{%- endmacro %}

{#
    Variance of the count: by chance, and because customers differ. With shares p of categories
    in which n lines were bought, chance is the sum of n p (1 - p), leverage the sum of
    n sqrt(p (1 - p)), correlation that between two lines of one customer: for one category
    the variance n p (1 - p) (1 + (n - 1) correlation) of the beta-binomial distribution.
#}
{% macro share_variance(chance, leverage, correlation) %}
    (
        (1 - {{ correlation }}) * {{ chance }}
        + {{ correlation }} * {{ leverage }} * {{ leverage }}
    )
{%- endmacro %}
