{#
    Every row of a raw table, with
    - raw_row: the row as one value, for the record of a rejected row;
    - is_repeated: whether its key occurs more than once, so that only such rows, a few
      among millions, need be ranked (see deduplicate);
    - id_exceptions: what seed placeholder_ids says of its columns, for read_id.
    normalisers: functions by key column, where the declared type asks for another.

    On a later run, the rows of those keys only that came, went or lie within the look-back
    (see raw_changes). Spark's Parquet tables delete no rows: there the model is a plain table.
#}
{% macro read_source(system, table, normalisers={}) %}
    {%- set raw_rows = source(system, table) -%}
    {%- set key = normalised_key(raw_table(system, table), normalisers) -%}
    {{- raw_changes(raw_rows, key) }}
    select
        raw_rows.*,
        {{ whole_row("raw_rows") }} as raw_row,
        placeholder_ids.id_exceptions,
        repeated_keys.key_hash is not null as is_repeated
    from {{ raw_rows }} as raw_rows
    left join (
        select {{ row_hash(key) }} as key_hash
        from {{ raw_rows }}
        group by {{ row_hash(key) }}
        having count(*) > 1
    ) as repeated_keys
        on {{ row_hash(key) }} = repeated_keys.key_hash
    cross join (
        select
            array_agg(case when is_id then '+' else '-' end || column_name || '=' || value)
                as id_exceptions
        from {{ ref("placeholder_ids") }}
        where source_table = '{{ system }}.{{ table }}'
    ) as placeholder_ids
{%- endmacro %}

{# The key columns of a raw table, each normalised by what its declared type asks for, or else by what is given. #}
{% macro normalised_key(table, given) %}
    {%- set by_type = {
        "integer": "parse_integer", "timestamp": "parse_timestamp_text", "date": "parse_date",
    } -%}
    {%- set expressions = [] -%}
    {%- for name in table.key -%}
        {%- set column = table.columns | selectattr("name", "equalto", name) | first -%}
        {%- set normaliser = by_type.get(raw_type_family(column.type), "normalise_id") -%}
        {%- do expressions.append(function(given.get(name, normaliser)) ~ "(" ~ name ~ ")") -%}
    {%- endfor -%}
    {{- return(expressions) -}}
{% endmacro %}
