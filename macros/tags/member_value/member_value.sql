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

{% macro member_value_scale() %}
    {%- set indicators = member_value_indicators() -%}
    {{ return(indicator_codes(indicators, "cap") + indicator_codes(indicators, "points")) }}
{% endmacro %}

{% macro member_value_actions() %}
    {{ return({
        "buy_again": none,
        "spend_more": "amount",
        "write_review": "verified_reviews",
        "sign_in": "login_days",
    }) }}
{% endmacro %}

{% macro member_value_most_orders() %}
    {{- return(24) -}}
{% endmacro %}

{# <code>_points is what the indicator gives at its cap. #}
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

{# From points = full * sqrt(x / cap). #}
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
