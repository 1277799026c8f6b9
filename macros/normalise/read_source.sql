{#
    Every row of a raw table, with
    - raw_row: the row as one value, for the record of a rejected row;
    - is_repeated: whether its key occurs more than once, so that only such rows, a few
      among millions, need be ranked (see settle).
    key: SQL expressions of the normalised key.

    On a later run, the rows of those keys only that came, went or lie within the look-back
    (see load_days).
#}
{% macro read_source(system, table, key) %}
    {%- set raw_rows = source(system, table) -%}
    {{- load_days(raw_rows, key) }}
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
