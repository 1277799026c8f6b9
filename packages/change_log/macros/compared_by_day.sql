{#
    How a model that is made of a raw table, which keeps no log, finds what to recompute: the
    raw table is compared with the model itself, which has a row for each of its rows, by the
    days on which rows were loaded: their number and a checksum of key and load time. On a day
    that differs rows came or went. All versions of the keys on these days are recomputed,
    from whichever day they are.

        raw             the raw table
        key, raw_key    columns of the model, and what they are made of in the raw table
        time, raw_time  when a row was loaded: a column of the model that has its name in the
                        raw table too, and what it is made of there
        lookback_days   of the last days up to the newest, and of rows without a load time, all
                        columns count: there a row that changed and says nothing of it is noticed
                        too
        watched         expressions over the raw table whose change is noticed on any day, such as
                        its key and whether a column is empty
#}
{% macro compared_by_day(raw, key, raw_key, time, raw_time, lookback_days, watched=[]) %}
    {%- set days = "(select load_day from " ~ change_log.beside(this, "days") ~ ")" -%}
    {%- if change_log.is_logged_run() %}
--<raw
{{ raw }}
--raw>
--<newest
        select case
            when count(*) > 0
                then strftime(greatest(max(load_day) - {{ lookback_days }}, date '0001-01-02'), '%Y-%m-%d')
        end as newest
        from (LOAD_DAYS) as load_days
--newest>
--<seen
        select
            {{ change_log.load_day(raw_time) }} as load_day,
            count(*) as row_count,
            sum(hash(whole_row)) as checksum
        from {{ raw }} as whole_row
        where (
                {{ change_log.load_day(raw_time) }} > date 'NEWEST'
                or {{ change_log.load_day(raw_time) }} = {{ change_log.undated() }}
            )
            and (
                try_cast({{ time }} as timestamp) is null
                or try_cast({{ time }} as timestamp) >= timestamp 'NEWEST' - interval 2 day
            )
        group by load_day
--seen>
--<loaded
        select
            {{ change_log.load_day(raw_time) }} as load_day,
            count(*) as row_count,
            {#- a table that is computed whole is held against nothing #}
            {{ change_log.checksum_of(raw_key + [raw_time] if change_log.state_of_this() is not none else []) }} as checksum,
            {{ change_log.checksum_of(watched) }} as watched
        from {{ raw }}
        group by load_day
--loaded>
    {%- endif -%}
    {%- if change_log.state_of_this() is not none %}
    {%- set loaded = change_log.beside(this, "loaded") %}
--<days
        with
        known as (
            select
                {{ change_log.load_day(time) }} as load_day,
                count(*) as row_count,
                sum({{ change_log.key_hash(key + [time]) }}) as checksum
            from {{ this }}
            group by load_day
        )
        select load_day
        from (
            (select load_day, row_count, checksum from {{ loaded }} except select * from known)
            union all
            (select * from known except select load_day, row_count, checksum from {{ loaded }})
        ) as differing
        union
        select load_day
        from (
            select load_day, watched from {{ loaded }}
            except
            select load_day, watched from {{ change_log.days_watched() }}
            where table_name = '{{ this.identifier }}'
        ) as watched_otherwise
        union
        select load_day
        from (
            select load_day, row_count, checksum from {{ change_log.beside(this, "seen") }}
            except
            select load_day, row_count, checksum from {{ change_log.days_seen() }}
            where table_name = '{{ this.identifier }}'
        ) as seen_otherwise
--days>
--<other_days
        select {{ change_log.load_day(time) }} as load_day from {{ this }}
        where {{ change_log.key_hash(key) }} in (select key_hash from {{ change_log.beside(this, "changed") }})
--other_days>
--<raw_rows
        select * from {{ raw }}
        where {{ change_log.load_day(raw_time) }} in {{ days }}
            and {{ change_log.key_hash(raw_key) }} in (select key_hash from {{ change_log.beside(this, "changed") }})
            and (try_cast({{ time }} as timestamp) is null or try_cast({{ time }} as timestamp) >=
--raw_rows>
    {%- endif -%}
    {% call change_log.changed_keys(key) %}
        select {{ change_log.key_hash(raw_key) }} as key_hash from {{ raw }} where {{ change_log.load_day(raw_time) }} in {{ days }}
        union all
        select {{ change_log.key_hash(key) }} as key_hash from {{ this }} where {{ change_log.load_day(time) }} in {{ days }}
    {% endcall %}
{%- endmacro %}

{# A checksum of expressions over all rows of a day; of none, none. #}
{% macro checksum_of(expressions) %}
    {{- return("sum(" ~ change_log.key_hash(expressions) ~ ")" if expressions else "cast(null as hugeint)") -}}
{% endmacro %}

{# The day a row was loaded; one of its own for rows that do not say. #}
{% macro load_day(time) %}
    {{- return("coalesce(cast(" ~ time ~ " as date), " ~ change_log.undated() ~ ")") -}}
{% endmacro %}

{% macro undated() %}
    {{- return("date '0001-01-01'") -}}
{% endmacro %}

{#
    The last days of the raw table as they are: number of rows and a checksum of all columns.
    Written before the rows are read: what arrives in between differs on the next run.
    Returns whether the raw table has rows.
#}
{% macro find_seen_days(target, parts) %}
    {%- set loaded = change_log.beside(target, "loaded") -%}
    {%- do run_query("create or replace table " ~ loaded ~ " as " ~ parts.loaded) -%}
    {%- set newest = run_query(
        parts.newest.replace("LOAD_DAYS", "select load_day from " ~ loaded)
    ).columns[0].values()[0] -%}
    {%- do run_query(
        "create or replace table " ~ change_log.beside(target, "seen") ~ " as "
        ~ parts.seen.replace("NEWEST", newest or "0001-01-02")
    ) -%}
    {{- return(newest is not none) -}}
{% endmacro %}

{# For the transaction that writes the table: what the next run holds the days against. #}
{% macro seen_written(target) %}
    delete from {{ change_log.days_seen() }} where table_name = '{{ target.identifier }}';
    insert into {{ change_log.days_seen() }}
    select '{{ target.identifier }}' as table_name, load_day, row_count, checksum from {{ change_log.beside(target, "seen") }};
    delete from {{ change_log.days_watched() }} where table_name = '{{ target.identifier }}';
    insert into {{ change_log.days_watched() }}
    select '{{ target.identifier }}' as table_name, load_day, watched from {{ change_log.beside(target, "loaded") }}
{% endmacro %}

{% macro find_changed_days(target, parts) %}
    {%- set found = change_log.beside(target, "days") -%}
    {%- do change_log.find_seen_days(target, parts) -%}
    {%- do run_query("create or replace table " ~ found ~ " as " ~ parts.days) -%}
    {%- do log(
        target.identifier ~ ": reads " ~ run_query("select count(*) from " ~ found).columns[0].values()[0]
        ~ " load days again"
    ) -%}
{% endmacro %}

{#
    The raw rows of the changed keys, from the changed days and from those on which other
    versions of these keys were loaded. The earliest day, with room for a time zone, lets
    the engine pass over files and row groups.
#}
{% macro copy_changed_raw_rows(target, parts) %}
    {%- set days = change_log.beside(target, "days") -%}
    {%- do run_query("insert into " ~ days ~ " (" ~ parts.other_days ~ ") except select load_day from " ~ days) -%}
    {%- set earliest = run_query("
        select case when min(load_day) > date '1900-01-01' then strftime(min(load_day) - 2, '%Y-%m-%d') end
        from " ~ days
    ).columns[0].values()[0] or "-infinity" -%}
    {%- do run_query(
        "create or replace table " ~ change_log.beside(target, "raw") ~ " as "
        ~ parts.raw_rows ~ " timestamp '" ~ earliest ~ "')"
    ) -%}
{% endmacro %}
