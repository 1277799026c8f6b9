{#
    Every row of a raw table, with
    - raw_row: the row as one value, for the record of a rejected row;
    - is_repeated: whether its key occurs more than once, so that only such rows, a few
      among millions, need be ranked (see settle).
    key: SQL expressions of the normalised key, where the declared types do not tell them.

    On a later run, the rows of those keys only that came, went or lie within the look-back
    (see raw_changes). Spark's Parquet tables delete no rows: there the model is a plain table.
#}
{% macro read_source(system, table, key=none) %}
    {{- config(materialized="logged_table" if target.type == "duckdb" else "table", access="private") }}
    {%- set raw_rows = source(system, table) -%}
    {%- set key = key or normalised_key(raw_table(system, table)) -%}
    {{- raw_changes(raw_rows, key) }}
    select
        raw_rows.*,
        {{ whole_row("raw_rows") }} as raw_row,
        repeated_keys.key_hash is not null as is_repeated
    from {{ raw_rows }} as raw_rows
    left join (
        select {{ row_hash(key) }} as key_hash
        from {{ raw_rows }}
        group by {{ row_hash(key) }}
        having count(*) > 1
    ) as repeated_keys
        on {{ row_hash(key) }} = repeated_keys.key_hash
{%- endmacro %}

{# The key columns of a raw table, each normalised by what its declared type asks for. #}
{% macro normalised_key(table) %}
    {%- set expressions = [] -%}
    {%- for name in table.key -%}
        {%- set column = table.columns | selectattr("name", "equalto", name) | first -%}
        {%- set family = raw_type_family(column.type) -%}
        {%- do expressions.append(
            parse_integer(name) if family == "integer"
            else parse_timestamp_text(name) if family == "timestamp"
            else parse_date(name) if family == "date"
            else normalise_id(name)
        ) -%}
    {%- endfor -%}
    {{- return(expressions) -}}
{% endmacro %}
