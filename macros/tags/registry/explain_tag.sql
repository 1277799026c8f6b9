{#
    dbt run-operation explain_tag --args '{one_id: …, tag: …}'

    Why a customer's tag has its value: inputs, thresholds and rule version, from the
    warehouse (one360 customer ONE_ID --tag TAG asks what is published).
#}
{% macro explain_tag(one_id, tag) %}
    {% set reasons = ref("customer_tag_reasons") %}
    {% set quoted_id = "'" ~ (one_id | string | replace("'", "''")) ~ "'" %}
    {% set quoted_tag = "'" ~ (tag | string | replace("'", "''")) ~ "'" %}
    {% set rows = run_query("
        select tag_value, value_name_en, value_name_zh, inputs, thresholds, layer, rule_version, as_of_date
        from " ~ reasons ~ " where one_id = " ~ quoted_id ~ " and tag_code = " ~ quoted_tag
    ).rows %}
    {% if rows | length == 0 %}
        {% set held = run_query(
            "select tag_code from " ~ reasons ~ " where one_id = " ~ quoted_id ~ " order by 1"
        ).columns[0].values() | list %}
        {{ exceptions.raise_compiler_error(
            "customer " ~ one_id ~ " has no value of tag " ~ tag ~ "; it has: "
            ~ (held | join(", ") or "no tag at all, or is not known")
        ) }}
    {% endif %}
    {% set row = rows[0] %}
    {% set lines = [
        tag ~ " of " ~ one_id ~ " is " ~ row[0] ~ " (" ~ row[1] ~ ", " ~ row[2] ~ ") as of " ~ row[7],
        "  inputs      " ~ row[3],
        "  thresholds  " ~ row[4],
        "  rule        version " ~ row[6] ~ (", layer " ~ row[5] ~ " holds" if row[5] is not none else ""),
    ] %}
    {% do print(lines | join("\n")) %}
    {{ return(lines) }}
{% endmacro %}
