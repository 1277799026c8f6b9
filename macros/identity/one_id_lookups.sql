{% macro current_one_id(one_id) %}
    {{- return(
        "(select issued.current_one_id from " ~ ref("issued_one_ids")
        ~ " as issued where issued.one_id = " ~ one_id ~ ")"
    ) -}}
{% endmacro %}

{% macro customer_profiles_as_of(moment) %}
    {{- return(
        "(select profile_id, one_id from " ~ ref("customer_profile_history") ~ " where valid_from <= "
        ~ moment ~ " and (valid_to is null or valid_to > " ~ moment ~ "))"
    ) -}}
{% endmacro %}
