{% macro visitor_of_event() %}
    {{- return(
        "coalesce(anonymous_id, '|user|' || user_id, '|session|' || client_session_id, "
        ~ "'|event|' || event_id)"
    ) -}}
{% endmacro %}
