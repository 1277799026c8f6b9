{#
    Every row of a raw table, with
    - raw_row: the row as one value, for the record of a rejected row;
    - is_repeated: whether its key occurs more than once, so that only such rows, a few
      among millions, need be ranked (see settle).
    key: SQL expressions of the normalised key.
#}
{% macro read_source(system, table, key) %}
    select
        raw_rows.*,
        {{ whole_row("raw_rows") }} as raw_row,
        repeated_keys.key_hash is not null as is_repeated
    from {{ source(system, table) }} as raw_rows
    left join (
        select {{ row_hash(key) }} as key_hash
        from {{ source(system, table) }}
        group by {{ row_hash(key) }}
        having count(*) > 1
    ) as repeated_keys
        on {{ row_hash(key) }} = repeated_keys.key_hash
{%- endmacro %}
