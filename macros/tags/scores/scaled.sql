{#
    A count, a duration or an amount scaled to 0..1 on a log scale that ends at a cap:
    such values are heavy-tailed, so a linear scale would give nearly everybody 0, and
    without the cap one reseller would press all others down. A cap of 0 or none gives 0.
#}
{% macro scaled_log(value, cap) %}
    {{- return(
        "coalesce(ln(1 + least(greatest(coalesce(cast(" ~ value ~ " as double), 0), 0), " ~ cap ~ "))"
        ~ " / nullif(ln(1 + " ~ cap ~ "), 0), 0)"
    ) -}}
{% endmacro %}

{#
    A count or an amount scaled to 0..1 by its root, up to a cap: twice as much is worth 1.4
    times as many points. Flatter than a straight line, so that one reseller does not press
    all others down, and steeper than the logarithm, which would let half of all buyers into
    the top programme.
#}
{% macro scaled_root(value, cap) %}
    {{- return(
        "coalesce(sqrt(least(greatest(coalesce(cast(" ~ value ~ " as double), 0), 0), " ~ cap
        ~ ") / nullif(" ~ cap ~ ", 0)), 0)"
    ) -}}
{% endmacro %}

{# Days since something happened scaled to 1 (today) .. 0 (a window ago, or never). #}
{% macro scaled_recency(days, window_days) %}
    {{- return(
        "coalesce(1 - least(cast(" ~ days ~ " as double), " ~ window_days ~ ") / "
        ~ window_days ~ ", 0)"
    ) -}}
{% endmacro %}

{# The 99 % quantile of the positive values of a column: the end of its log scale. #}
{% macro scale_cap(column) %}
    {{- return(
        "coalesce(" ~ quantile("case when " ~ column ~ " > 0 then " ~ column ~ " end", 0.99) ~ ", 0)"
    ) -}}
{% endmacro %}
