{#
    Every row of a raw table, with
    - its times in UTC, where a time zone is declared for them;
    - raw_row: the row as one value and as it arrived, for the record of a rejected row;
    - is_repeated: whether its key occurs more than once, so that only such rows, a few
      among millions, need be ranked (see deduplicate);
    - id_exceptions: what seed placeholder_ids says of its columns, for read_id.
    normalisers: functions by key column, where the declared type asks for another.

    On a later run, the rows of those keys only that came, went or lie within the look-back
    (see raw_changes). Spark's Parquet tables delete no rows: there the model is a plain table.
#}
{% macro read_source(system, table, normalisers={}) %}
    {%- set raw_rows = source(system, table) -%}
    {%- set declared = raw_table(system, table) -%}
    {%- set key = normalised_key(declared, normalisers) -%}
    {%- set zoned = declared.columns | selectattr("timezone") | list -%}
    {{- raw_changes(raw_rows, declared, key) }}
    {%- set mapping = event_columns(declared) -%}
    {%- if mapping %}
    /* the view is made by {{ mapping | tojson }} */
    {%- endif %}
    select
        {% if not zoned -%}
            raw_rows.*,
        {%- endif %}
        {%- for column in declared.columns if zoned %}
            {{ time_in_utc("raw_rows." ~ column.name, column.timezone) ~ " as " if column.timezone
                else "raw_rows." -}}
            {{ column.name }},
        {%- endfor %}
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
        {%- if column.timezone -%}
            {%- do expressions.append(time_in_utc(name, column.timezone)) -%}
        {%- else -%}
            {%- set normaliser = by_type.get(raw_type_family(column.type), "normalise_id") -%}
            {%- do expressions.append(function(given.get(name, normaliser)) ~ "(" ~ name ~ ")") -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(expressions) -}}
{% endmacro %}
