{# The indicators of the member value score and the groups that it shows. #}
{% macro member_value_indicators() %}
    {{ return([
        {"code": "amount", "kind": "root", "group": "amount"},
        {"code": "purchases", "kind": "root", "group": "frequency"},
        {"code": "login_days", "kind": "root", "group": "interaction"},
        {"code": "responses", "kind": "root", "group": "interaction"},
        {"code": "verified_reviews", "kind": "root", "group": "reputation"},
        {"code": "kept_order_share", "kind": "varying_share", "group": "reputation"},
        {"code": "good_standing", "kind": "varying_share", "group": "reputation"},
    ]) }}
{% endmacro %}

{# The parameters of the score: where scales end, and the points of each indicator there. #}
{% macro member_value_scale() %}
    {%- set indicators = member_value_indicators() -%}
    {{ return(indicator_codes(indicators, "cap") + indicator_codes(indicators, "points")) }}
{% endmacro %}

{# What a customer can do about the score, and the indicator that it raises alone. #}
{% macro member_value_actions() %}
    {{ return({
        "buy_again": none,
        "spend_more": "amount",
        "write_review": "verified_reviews",
        "sign_in": "login_days",
    }) }}
{% endmacro %}

{# Orders more than these are not tried. #}
{% macro member_value_most_orders() %}
    {{- return(24) -}}
{% endmacro %}

{#
    The points of a row of `source`, all or those of one group, with their parameters
    joined as `scale`: <code>_points is what the indicator gives at its cap.
#}
{% macro member_value_points(source, group=none) %}
    (
        0
        {% for indicator in member_value_indicators() if group is none or indicator.group == group -%}
        {% set column = source ~ "." ~ indicator.code -%}
        + scale.{{ indicator.code }}_points
        {% if indicator.kind == "root" -%}
        * {{ scaled_root(column, "scale." ~ indicator.code ~ "_cap") }}
        {%- else -%}
        * coalesce({{ column }}, 0)
        {%- endif %}
        {% endfor -%}
    )
{%- endmacro %}

{#
    The smallest amount by which `column` must grow to gain `gap` points through a root scale
    that ends at `cap` and gives `full` points there; NULL where even the cap does not do.
    From points = full * sqrt(x / cap).
#}
{% macro growth_for_points(column, gap, full, cap) %}
    case
        when
            {{ full }} > 0
            and {{ cap }} > 0
            and {{ full }} * {{ scaled_root(column, cap) }} + {{ gap }} <= {{ full }} + 0.000000001
            then
                greatest(
                    {{ cap }} * power(
                        least({{ scaled_root(column, cap) }} + {{ gap }} / {{ full }}, 1), 2
                    ) - greatest(coalesce(cast({{ column }} as double), 0), 0),
                    0
                )
    end
{%- endmacro %}
