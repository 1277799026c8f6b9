{#
    The fingerprint is a keyed hash: it says nothing of the salt. A warehouse of an older version
    is brought up to date by the run, since every table knows the SQL it was made of.
#}
{% macro check_warehouse() %}
    {%- if execute and flags.WHICH in ("build", "run", "seed", "test") -%}
        {% set stamp = warehouse_stamp() %}
        {% set version = env_var("ONE360_VERSION") %}
        {% set place = target.path if target.type == "duckdb" else "the folder of the Spark tables" %}
        {% set stamped = namespace(is_current=false) %}
        {% if adapter.get_relation(target.database or none, stamp.schema, stamp.identifier) %}
            {% set found = run_query(
                "select one360_version, salt_fingerprint = " ~ keyed_hash("'salt'")
                ~ " as is_the_same_salt from " ~ stamp
            ).rows[0] %}
            {% if not found[1] %}
                {{ exceptions.raise_compiler_error(
                    "the salt is not the one " ~ place ~ " was built with; restore it from your "
                    ~ "backup, or, to start anew with new ids and without history, move " ~ place
                    ~ " away"
                ) }}
            {% elif version_numbers(found[0]) > version_numbers(version) %}
                {{ exceptions.raise_compiler_error(
                    place ~ " was built by one360 " ~ found[0] ~ ", this is " ~ version
                    ~ "; install " ~ found[0] ~ " or newer, or move " ~ place
                    ~ " away and build anew"
                ) }}
            {% endif %}
            {% set stamped.is_current = found[0] == version %}
        {% endif %}
        {% if flags.WHICH != "test" and not stamped.is_current %}
            {% do replace_stamp(stamp, version) %}
        {% endif %}
    {%- endif -%}
{% endmacro %}

{% macro warehouse_stamp() %}
    {{ return(api.Relation.create(
        database=target.database or none, schema=target.schema, identifier="warehouse_stamp",
        type="table"
    )) }}
{% endmacro %}

{% macro version_numbers(version) %}
    {{ return(version.split(".") | map("int") | list) }}
{% endmacro %}

{% macro replace_stamp(stamp, version) %}
    {% do adapter.create_schema(stamp) %}
    {% do adapter.drop_relation(stamp) %}
    {% do run_query(
        "create table " ~ stamp ~ " as select " ~ keyed_hash("'salt'") ~ " as salt_fingerprint, '"
        ~ version ~ "' as one360_version"
    ) %}
{% endmacro %}
