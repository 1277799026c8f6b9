{% macro brand_loyalty_indicators() %}
    {{ return(overall_loyalty_indicators() + [
        {"code": "visits_against_like", "kind": "share"},
        {"code": "purchases_against_like", "kind": "share"},
        {"code": "amount_against_like", "kind": "share"},
        {"code": "days_against_like", "kind": "share"},
        {"code": "searches_against_like", "kind": "share"},
    ]) }}
{% endmacro %}

{% macro overall_loyalty_indicators() %}
    {{ return([
        {"code": "visits", "kind": "log"},
        {"code": "dwell_seconds", "kind": "log"},
        {"code": "visit_days", "kind": "log"},
        {"code": "pages", "kind": "log"},
        {"code": "last_visit", "kind": "recency"},
        {"code": "purchases", "kind": "log"},
        {"code": "amount", "kind": "log"},
        {"code": "last_purchase", "kind": "recency"},
        {"code": "searches", "kind": "log"},
    ]) }}
{% endmacro %}

{% macro activity_indicators() %}
    {{ return([
        {"code": "last_login", "kind": "recency"},
        {"code": "last_purchase", "kind": "recency"},
        {"code": "reviews", "kind": "log"},
        {"code": "orders", "kind": "log"},
        {"code": "login_days", "kind": "log"},
        {"code": "dwell_seconds", "kind": "log"},
        {"code": "pages", "kind": "log"},
    ]) }}
{% endmacro %}
