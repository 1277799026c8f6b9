{#
    How a base model, an increment of a raw table, finds what to recompute.

    A raw table is compared with what was read of it by the days on which its rows were
    loaded: number of rows and a checksum of key and loaded_at. On a day that differs rows
    came or went. The last var lookback_days days, and rows without a load day, are read
    again in any case, and there a row that changed without a new loaded_at is noticed too.
    All versions of the keys on these days are settled anew, from whichever day they are.
#}
{% macro load_days(raw_rows, key) %}
    {%- if is_increment_run() %}
--<raw
{{ raw_rows }}
--raw>
--<raw_unit
{{ row_hash(key) }}
--raw_unit>
--<loads
        select
            {{ load_day(parse_timestamp_text("loaded_at")) }} as load_day,
            count(*) as row_count,
            sum({{ row_hash(base_key() + ["loaded_at"]) }}) as checksum
        from {{ raw_rows }}
        group by load_day
--loads>
    {%- endif -%}
    {% call touched_units(base_key()) %}
        select {{ row_hash(key) }} as unit
        from {{ raw_rows }}
        where {{ load_day(parse_timestamp_text("loaded_at")) }} in (select load_day from {{ beside(this, "days") }})
        union all
        select {{ row_hash(base_key()) }} as unit
        from {{ this }}
        where {{ load_day("loaded_at") }} in (select load_day from {{ beside(this, "days") }})
    {% endcall %}
{%- endmacro %}

{# The rows here whose columns occur in what changed of another base model, where the condition holds of it. #}
{% macro touched_through(base_model, columns, condition="true") %}
    {% call touched_units(base_key()) %}
        select {{ row_hash(base_key()) }} as unit
        from {{ this }}
        where {{ row_hash(columns) }} in (
            select {{ row_hash(columns) }} from {{ changes_of(base_model) }} where {{ condition }}
        )
    {% endcall %}
{%- endmacro %}

{# The day a row was loaded; one of its own for rows that do not say. #}
{% macro load_day(timestamp) %}
    {{- return("coalesce(cast(" ~ timestamp ~ " as date), " ~ undated_load_day() ~ ")") -}}
{% endmacro %}

{% macro undated_load_day() %}
    {{- return("date '0001-01-01'") -}}
{% endmacro %}

{# The key columns of this base model. #}
{% macro base_key() %}
    {%- for table in raw_tables()
        if this.identifier == "base_" ~ table.system ~ "__" ~ table.table -%}
        {{- return(table.key) -}}
    {%- endfor -%}
    {%- if is_increment_run() -%}
        {{ exceptions.raise_compiler_error(
            this.identifier ~ " reads a raw table and is not called base_<system>__<table> after one"
        ) }}
    {%- endif -%}
    {{- return([]) -}}
{% endmacro %}

{% macro find_changed_days(target, loads) %}
    {%- set loads_now = beside(target, "loads_now") -%}
    {%- do run_query("create or replace table " ~ loads_now ~ " as " ~ loads) -%}
    {%- do run_query("create or replace table " ~ beside(target, "days") ~ " as
        select load_day from (
            (select * from " ~ loads_now ~ " except select * from " ~ beside(target, "loads") ~ ")
            union all
            (select * from " ~ beside(target, "loads") ~ " except select * from " ~ loads_now ~ ")
        ) as differing
        union
        select load_day from " ~ loads_now ~ "
        where load_day > (select max(load_day) from " ~ loads_now ~ ") - " ~ setting("lookback_days") ~ "
            or load_day = " ~ undated_load_day()
    ) -%}
{% endmacro %}

{#
    The raw rows of the touched keys, from the changed days and from those on which other
    versions of these keys were loaded. The earliest day, with room for a time zone, lets
    the engine pass over files and row groups.
#}
{% macro copy_touched_raw_rows(target, parts) %}
    {%- set days = beside(target, "days") -%}
    {%- set touched = "(select unit from " ~ beside(target, "touched") ~ ")" -%}
    {%- do run_query("insert into " ~ days ~ "
        select distinct " ~ load_day("loaded_at") ~ " as load_day from " ~ target ~ "
        where " ~ parts.unit ~ " in " ~ touched ~ "
        except select load_day from " ~ days
    ) -%}
    {%- set earliest = run_query("
        select strftime(greatest(min(load_day), date '1900-01-03') - 2, '%Y-%m-%d') from " ~ days
    ).columns[0].values()[0] -%}
    {%- do run_query("create or replace table " ~ beside(target, "raw") ~ " as
        select * from " ~ parts.raw ~ "
        where (
            try_cast(loaded_at as timestamp) >= timestamp '" ~ earliest ~ "'
            or try_cast(loaded_at as timestamp) is null
            or timestamp '" ~ earliest ~ "' < timestamp '1900-01-02'
        )
        and " ~ load_day(parse_timestamp_text("loaded_at")) ~ " in (select load_day from " ~ days ~ ")
        and " ~ parts.raw_unit ~ " in " ~ touched
    ) -%}
{% endmacro %}
