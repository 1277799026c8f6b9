{#
    Whole days from a customer's last order (columns last_ordered_at, last_ordered_date of
    `orders`) to the as-of moment: elapsed days where as_of has a time of day, else the
    difference of dates.
#}
{% macro rfm_recency_days(orders) %}
    case
        when as_of.has_time_of_day
            then floor(
                (
                    {{ epoch_seconds("as_of.as_of_at") }}
                    - {{ epoch_seconds(orders ~ ".last_ordered_at") }}
                )
                / 86400.0
            )
        else {{ days_between(orders ~ ".last_ordered_date", "as_of.as_of_date") }}
    end
{%- endmacro %}
