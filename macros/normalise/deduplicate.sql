{#
    The end of a staging model: of several rows with one key, keeps the latest version.

    It reads CTE validated: the normalised columns, `fault` (a reject reason or NULL), raw_row,
    is_repeated and id_exceptions of read_source. Adds
    - is_exact_duplicate: a copy of a row with equal content that was loaded earlier;
    - reject_reason: the fault, or 'superseded' where a newer row with this key differs;
    - raw_record: the raw row as JSON, where rejected.
    newest_by: columns that order versions, most important first; then loaded_at.
    A version of after var as_of gives way to one that was known on the date; of versions that
    all came after it the first counts, so that still later ones change nothing.
    Rows with a fault neither supersede another row nor are copies of one.
#}
{% macro deduplicate(system, table, newest_by=[]) %}
{%- set unranked = ["raw_row", "is_repeated", "id_exceptions", "fault"] -%}
{%- set ranked = unranked + ["content", "content_loaded_at", "copy_number", "version_number"] -%}
{%- set group = (raw_table(system, table).key + ["fault is null"]) | join(", ") -%}
copies as (

    select
        *,
        max(loaded_at) over (partition by {{ group }}, content) as content_loaded_at,
        row_number() over (
            partition by {{ group }}, content
            order by loaded_at nulls last
        ) as copy_number
    from (
        select
            *,
            {{ regex_replace_all(json_record("raw_row"), '"loaded_at":("[^"]*"|null),?') }}
                as content
        from validated
        where is_repeated
    ) as repeated_rows

),

versions as (

    select
        *,
        row_number() over (
            partition by {{ group }}, copy_number = 1
            order by
                {% for column in newest_by if var("as_of") -%}
                case when {{ is_after_as_of(column) }} then 1 else 0 end,
                case when {{ is_after_as_of(column) }} then {{ column }} end asc nulls last,
                {% endfor -%}
                {% for column in newest_by + ["content_loaded_at"] -%}
                {{ column }} desc nulls last,
                {% endfor -%}
                content asc nulls last
        ) as version_number
    from copies

),

deduplicated as (

    select
        {{ star_except(unranked) }},
        false as is_exact_duplicate,
        fault as reject_reason,
        case when fault is not null then {{ json_record("raw_row") }} end as raw_record
    from validated
    where not is_repeated
    union all
    select
        {{ star_except(ranked) }},
        fault is null and copy_number > 1 as is_exact_duplicate,
        case
            when fault is not null then fault
            when copy_number = 1 and version_number > 1 then 'superseded'
        end as reject_reason,
        case
            when fault is not null or (copy_number = 1 and version_number > 1)
                then {{ json_record("raw_row") }}
        end as raw_record
    from versions

)
{%- endmacro %}
