{% macro name_sources_apart() %}
    {% if execute and not var("as_of") %}
        {% set gap_days = var("source_gap_days") %}
        {% set of_source = business_date("max(newest_at)") %}
        {% set apart %}
        select
            kind || ' of ' || source_system as source_name,
            cast(newest_date as string) as newest_date,
            cast(as_of_date as string) as as_of_date,
            {{ days_between("as_of_date", "newest_date") }} as days_later
        from (
            select source_system, kind, {{ of_source }} as newest_date
            from {{ ref("int_behaviour__source_days") }}
            group by source_system, kind
        ) as sources
        cross join {{ this }}
        where abs({{ days_between("as_of_date", "newest_date") }}) > {{ gap_days }}
        order by kind, source_system
        {% endset %}
        {% for row in run_query(apart).rows %}
            {% set days = row["days_later"] | int %}
            {% do exceptions.warn(
                row["source_name"] ~ (" end on " if days < 0 else " go on until ") ~ row["newest_date"] ~ ", "
                ~ days | abs ~ " days " ~ ("before " if days < 0 else "after ") ~ row["as_of_date"]
                ~ ", the date of this build (more than source_gap_days, " ~ gap_days ~ ")"
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
