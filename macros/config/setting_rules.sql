{#
    What each project variable accepts. Defaults stand in dbt_project.yml, the
    explanation in docs/variables.md. kind is one of: choice (allowed), integer or
    number (minimum, maximum), flag, text (pattern), numbers (length, minimum, increasing),
    choices (a list of allowed values), mapping.
#}
{% macro setting_rules() %}
    {{ return({
        "as_of": {
            "kind": "text",
            "pattern": "^(|\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?)$",
            "allowed": "empty (the last business day in the data), YYYY-MM-DD or YYYY-MM-DD HH:MM[:SS]",
        },
        "business_timezone": {
            "kind": "text",
            "pattern": "^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$",
            "allowed": "an IANA time zone such as Asia/Shanghai or UTC",
        },
        "default_region": {
            "kind": "text",
            "pattern": "^[A-Z]{2}$",
            "allowed": "an ISO 3166 country code in capitals such as CN",
        },
        "raw_tables": {"kind": "mapping"},
        "raw_files": {"kind": "mapping"},
        "allow_extra_columns": {"kind": "flag"},
        "session_gap_minutes": {"kind": "integer", "minimum": 1, "maximum": 1440},
        "campaign_window_days": {"kind": "integer", "minimum": 1, "maximum": 366},
    }) }}
{% endmacro %}
