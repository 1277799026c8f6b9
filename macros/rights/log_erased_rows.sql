{#
    Notes how many rows of erased people each raw table holds, by load day, and nothing of what they
    say. Rows that are not read are those delivered less those of the raw view.
#}
{% macro log_erased_rows(views, of_others) %}
    {%- if flags.WHICH in ("build", "run") -%}
        {% set day = "cast(try_cast(loaded_at as timestamp) as date)" %}
        {% set counts = [] %}
        {% for table in raw_tables() %}
            {% set names_people = table.columns | selectattr("identifier") | list %}
            {% set found = none %}
            {% if table.lines and var("erased_orders") == "keep" %}
                {% set found = (
                    "select " ~ day ~ " as load_day, 0 as withheld, 1 as blanked from ("
                    ~ marked_erased(table, views[table.name]) ~ ") as marked where is_erased"
                ) %}
            {% elif names_people or table.name in raw_tables() | map(attribute="lines") %}
                {% set found = (
                    "select " ~ day ~ " as load_day, 1 as withheld, 0 as blanked from ("
                    ~ views[table.name] ~ ") as delivered union all select " ~ day ~ ", -1, 0 from ("
                    ~ of_others[table.name] ~ ") as kept"
                ) %}
            {% endif %}
            {% if found %}
                {% do counts.append(
                    "select '" ~ invocation_id ~ "', '" ~ table.system ~ "', '" ~ table.table
                    ~ "', load_day, sum(withheld), sum(blanked), cast(current_timestamp as timestamp)"
                    ~ " from (" ~ found ~ ") as found group by load_day"
                    ~ " having sum(withheld) + sum(blanked) > 0"
                ) %}
            {% endif %}
        {% endfor %}
        {% do run_query("insert into " ~ erasure_table("erased_rows") ~ " " ~ counts | join("\nunion all\n")) %}
    {%- endif -%}
{% endmacro %}
