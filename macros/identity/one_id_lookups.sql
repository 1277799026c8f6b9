{# Today's one_id of any one_id ever issued, as an expression; NULL for one that never was. #}
{% macro current_one_id(one_id) %}
    {{- return(
        "(select issued.current_one_id from " ~ ref("issued_one_ids")
        ~ " as issued where issued.one_id = " ~ one_id ~ ")"
    ) -}}
{% endmacro %}

{# The bridge profile_id → one_id as it stood at a moment (UTC), as a subquery: customer_profiles_as_of("timestamp '2026-01-31'"). #}
{% macro customer_profiles_as_of(moment) %}
    {{- return(
        "(select profile_id, one_id from " ~ ref("customer_profile_history") ~ " where valid_from <= "
        ~ moment ~ " and (valid_to is null or valid_to > " ~ moment ~ "))"
    ) -}}
{% endmacro %}
