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
        "phone_regions": {"kind": "choices", "allowed": known_phone_regions()},
        "raw_tables": {"kind": "mapping"},
        "raw_files": {"kind": "mapping"},
        "allow_extra_columns": {"kind": "flag"},
        "allow_missing_columns": {"kind": "flag"},
        "probabilistic_links": {"kind": "flag"},
        "probabilistic_sure": {"kind": "number", "minimum": 0.5, "maximum": 0.999999},
        "probabilistic_review": {"kind": "number", "minimum": 0.01, "maximum": 0.999999},
        "identity_weak_trust": {"kind": "number", "minimum": 0, "maximum": 1},
        "identity_explained_profiles": {"kind": "integer", "minimum": 2, "maximum": 10000},
        "session_gap_minutes": {"kind": "integer", "minimum": 1, "maximum": 1440},
        "cookie_window_days": {"kind": "integer", "minimum": 0, "maximum": 366},
        "campaign_window_days": {"kind": "integer", "minimum": 1, "maximum": 366},
        "gx_sample_rows": {"kind": "integer", "minimum": 1000, "maximum": 10000000},
        "rfm_window_days": {"kind": "integer", "minimum": 0, "maximum": 36500},
        "rfm_scoring": {"kind": "choice", "allowed": ["quantile", "rank", "cuts"]},
        "rfm_quantile_margin": {"kind": "number", "minimum": 0, "maximum": 1000},
        "rfm_segment_map": {
            "kind": "text",
            "pattern": "^[a-z][a-z0-9_]*$",
            "allowed": "the name of a map in the seed rfm_segment_maps",
        },
        "rfm_average_of": {"kind": "choice", "allowed": ["scores", "values"]},
        "rfm_returns": {"kind": "choice", "allowed": ["net", "ignore"]},
        "rfm_weights": {"kind": "numbers", "length": 3, "minimum": 0},
        "rfm_clusters": {"kind": "integer", "minimum": 0, "maximum": 50},
        "rfm_cluster_sample_rows": {"kind": "integer", "minimum": 1000, "maximum": 10000000},
        "rfm_cluster_seed": {"kind": "integer", "minimum": 0, "maximum": 2147483647},
        "reseller_quantile": {"kind": "number", "minimum": 0.5, "maximum": 0.999},
        "reseller_spend_multiple": {"kind": "number", "minimum": 1, "maximum": 1000},
        "reseller_recent_share": {"kind": "number", "minimum": 0, "maximum": 1},
        "nes_multiples": {"kind": "numbers", "length": 3, "minimum": 0.1, "increasing": true},
        "nes_sleeping_share": {"kind": "number", "minimum": 0, "maximum": 1},
        "nes_backtest_days": {"kind": "integer", "minimum": 0, "maximum": 1095},
        "nes_fallback_cycle_days": {"kind": "number", "minimum": 1, "maximum": 3650},
        "loyalty_window_days": {"kind": "integer", "minimum": 1, "maximum": 36500},
        "activity_window_days": {"kind": "integer", "minimum": 1, "maximum": 36500},
        "activity_high_share": {"kind": "number", "minimum": 0, "maximum": 0.5},
        "activity_low_share": {"kind": "number", "minimum": 0, "maximum": 0.5},
    }) }}
{% endmacro %}
