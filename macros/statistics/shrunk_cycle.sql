{#
    Days between two purchases of one customer, in the log-normal model of the NES cycle: a
    customer's log gaps vary by `within` around a mean that varies between customers by
    `between`. The posterior mean of the log gap weighs own gaps and the population's each
    by its precision (Gelman et al., Bayesian Data Analysis, 2.5).
#}

{% macro gap_shrinkage_weight(gap_count, within, between) %}
    {{- gap_count }} / {{ within }} / ({{ gap_count }} / {{ within }} + 1 / {{ between }})
{%- endmacro %}

{# Half the variance turns the mean of logs into the mean of days. #}
{% macro cycle_days_of(expected_log_gap, within) -%}
    round(greatest(exp({{ expected_log_gap }} + {{ within }} / 2), 1), 2)
{%- endmacro %}

{% macro shrunk_cycle_days(shrinkage_weight, own_log_gap, population_log_gap, within) %}
    {%- set expected = shrinkage_weight ~ " * " ~ own_log_gap ~ " + (1 - " ~ shrinkage_weight
        ~ ") * " ~ population_log_gap -%}
    {{ cycle_days_of(expected, within) }}
{%- endmacro %}

{#
    What a log gap is expected to come to that is at least so long already. The logistic
    distribution of the same variance stands for the normal one: its mean beyond a point has a
    closed form. Thirty scales away a double holds no more of it than its limit.
#}
{% macro expected_open_log_gap(log_open_gap, expected_log_gap, scale) %}
    {%- set distance = "(" ~ log_open_gap ~ " - " ~ expected_log_gap ~ ") / " ~ scale -%}
    case
        when {{ distance }} < -30 then {{ expected_log_gap }}
        when {{ distance }} > 30 then {{ log_open_gap }} + {{ scale }}
        else
            {{ log_open_gap }}
            + {{ scale }} * (1 + exp({{ distance }})) * ln(1 + exp(-({{ distance }})))
    end
{%- endmacro %}

{#
    The quantiles of the predicted next gap, whose log varies by `within` and by what is not known
    of the customer's own mean.
#}
{% macro repurchase_window_days(edge, cycle_days, shrinkage_weight, within, between) %}
    {%- set normal_quantiles = {"opens": -0.67449, "closes": 1.281552} -%}
    {%- if edge not in normal_quantiles -%}
        {{ exceptions.raise_compiler_error("repurchase_window_days: edge is opens or closes, not " ~ edge) }}
    {%- endif -%}
    {{ "floor" if edge == "opens" else "ceil" }}(
        round(
            {{ cycle_days }} * exp(
                {{ normal_quantiles[edge] }}
                * sqrt({{ within }} + (1 - {{ shrinkage_weight }}) * {{ between }})
                - {{ within }} / 2
            ),
            4
        )
    )
{%- endmacro %}
