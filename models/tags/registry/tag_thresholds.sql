{#- One line per family. -#}
{%- set family_parameters = [
    ref("activity_parameters"),
    ref("channel_parameters"),
    ref("demographics_parameters"),
    ref("interest_parameters"),
    ref("lifecycle_parameters"),
    ref("loyalty_parameters"),
    ref("member_value_parameters"),
    ref("moments_parameters"),
    ref("nes_parameters"),
    ref("preferences_parameters"),
    ref("price_parameters"),
    ref("rfm_parameters"),
] -%}
{#- All variables; a test holds the list against src/one360/rules/variables.py. -#}
{%- set variable_names = [
    "as_of", "known_by", "as_of_follows", "as_of_gap_days", "source_gap_days", "business_timezone",
    "default_region", "phone_regions", "reporting_currency", "header_tolerance",
    "largest_multiple",
    "raw_tables", "raw_files", "event_presets",
    "allow_extra_columns", "allow_missing_columns", "lookback_days", "arrival_days",
    "accept_arrivals", "identity_weak_trust", "identity_silence_days",
    "identity_explained_profiles", "erased_orders", "personal_values",
    "disclosure_min_customers", "disclosure_max_share", "probabilistic_links", "probabilistic_sure",
    "probabilistic_review", "session_gap_minutes", "page_ping_seconds", "cookie_window_days",
    "campaign_window_days", "gx_sample_rows", "rfm_window_days", "rfm_scoring", "rfm_quantile_margin",
    "rfm_segment_map", "rfm_average_of", "rfm_returns", "rfm_weights", "rfm_clusters",
    "rfm_cluster_sample_rows", "rfm_cluster_seed", "reseller_quantile",
    "reseller_spend_multiple", "reseller_recent_share", "min_group_customers",
    "price_hunter_z_score", "coupon_reach_share", "preference_min_confidence",
    "preference_min_lift", "nes_multiples", "nes_active_share", "nes_sleeping_share",
    "nes_backtest_days",
    "nes_fallback_cycle_days", "loyalty_window_days", "activity_window_days",
    "activity_high_share", "activity_low_share", "tag_migration_days", "tag_psi_days",
    "channel_window_days", "channel_preference_share", "channel_min_confidence",
    "contact_conversion_days", "contact_min_contacts", "contact_min_confidence",
    "fatigue_window_days", "fatigue_response_ratio", "interest_window_days", "cart_open_days",
    "intent_hot_share", "intent_warm_share", "member_value_window_days",
    "usual_city_min_visits", "usual_city_min_confidence", "lifecycle_trend_days", "change_z",
    "lifecycle_core_share", "moment_days", "drop_days", "quiet_hours", "contact_cap_7_days",
    "contact_cap_30_days", "prediction_refit_days", "prediction_look_back_days",
    "prediction_sample_customers", "prediction_min_customers",
    "rule_window_days", "rule_min_supports", "rule_min_confidences", "rule_min_baskets",
    "rule_max_items", "rule_largest_basket", "rule_sample_baskets", "rule_crowd_items",
    "next_product_level", "next_product_horizon_days", "next_product_half_life_days",
    "next_product_sample_customers", "next_product_network", "look_alike_crowds",
    "look_alike_sample_customers",
    "learnt_tags", "influence_window_days", "influence_days",
] -%}

with

catalogue as (

    select * from {{ ref("int_registry__catalogue") }}

),

conditions as (

    select * from {{ ref("int_registry__rule_conditions") }}

),

-- the variables of the project with the value of this build
variables as (

    {% for name in variable_names -%}
        {%- set value = var(name) -%}
        {#- YAML reads a date without quotes as a date -#}
        {%- set is_json = value is boolean or value is iterable and value is not string -%}
        {%- set shown = (value | tojson) if is_json else (value | string) -%}
        select
            '{{ name }}' as variable_name,
            '{{ shown | replace("'", "''") }}' as variable_value
        {{ "union all" if not loop.last }}
    {% endfor %}

),

thresholds as (

    {% for relation in family_parameters -%}
        select
            tag_code,
            coalesce(scope || '_', '') || parameter_code as threshold_code,
            threshold_value,
            origin
        from {{ relation }}
        where threshold_value is not null
        union all
    {% endfor -%}
    select
        catalogue.tag_code,
        variables.variable_name as threshold_code,
        variables.variable_value as threshold_value,
        'variable' as origin
    from catalogue
    inner join variables
        on instr(' ' || catalogue.settings || ' ', ' ' || variables.variable_name || ' ') > 0
    union all
    select
        tag_code,
        'layer ' || cast(layer as string) || ' row ' || cast(file_row as string)
            as threshold_code,
        coalesce(
            input_tag || ' ' || operator || coalesce(' ' || operand, ''), 'everybody else'
        ) as threshold_value,
        'rule' as origin
    from conditions

)

select
    cast(tag_code as string) as tag_code,
    cast(threshold_code as string) as threshold_code,
    cast(threshold_value as string) as threshold_value,
    cast(origin as string) as origin
from thresholds
where tag_code in (select tag_code from catalogue)
