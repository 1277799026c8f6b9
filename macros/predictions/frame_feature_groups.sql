{# What features that move together are about: the parts of one event cancel each other out. #}
{% macro frame_feature_groups() %}
    {{- return({
        "silence": ["recency_days", "overdue_ratio"],
        "recent_orders": ["order_days_7", "order_days_28", "order_days_84", "net_amount_28"],
        "orders": ["order_days", "order_weeks", "net_amount", "item_quantity", "mean_gap_days"],
        "tenure": ["tenure_days"],
    }) -}}
{% endmacro %}
