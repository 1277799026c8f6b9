{% macro frame_features() %}
    {{- return([
        "recency_days", "tenure_days", "order_days", "order_days_7", "order_days_28",
        "order_days_84", "order_weeks", "net_amount", "net_amount_28", "item_quantity",
        "mean_gap_days", "overdue_ratio",
    ]) -}}
{% endmacro %}
