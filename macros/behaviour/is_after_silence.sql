{% macro is_after_silence(previous_at, occurred_at, gap_seconds) %}
    {{- return(
        "(" ~ previous_at ~ " is null or " ~ epoch_seconds(occurred_at) ~ " - "
        ~ epoch_seconds(previous_at) ~ " > " ~ gap_seconds ~ ")"
    ) -}}
{% endmacro %}
