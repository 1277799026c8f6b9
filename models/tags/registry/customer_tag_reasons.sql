-- A view in the published file too, over published tables: written out, the JSON of every
-- tag of every customer would outweigh all else. It names no database, because the
-- published file has another name.

with

customer_tags as (

    select * from {{ ref("customer_tags").include(database=false) }}

),

rule_tags as (

    select * from {{ ref("customer_rule_tags").include(database=false) }}

),

catalogue as (

    select * from {{ ref("catalogued_tags").include(database=false) }}

),

tag_values as (

    select * from {{ ref("catalogued_tag_values").include(database=false) }}

),

-- the columns that explain a live tag of a family, its score the last of them
explained_tags as (

    select
        tag_code,
        model_name,
        value_column,
        score_column,
        trim(
            coalesce(inputs, '')
            || case
                when instr(' ' || coalesce(inputs, '') || ' ', ' ' || score_column || ' ') > 0
                    then ''
                else coalesce(' ' || score_column, '')
            end
        ) as explaining_columns
    from catalogue
    where status = 'live' and model_name <> 'rule_tags'

),

explaining_columns as (

    {{ split_rows("explained_tags", "tag_code", "explaining_columns", " ") }}

),

tag_inputs as (

    select
        explained_tags.*,
        explaining_columns.item,
        instr(
            ' ' || explained_tags.explaining_columns || ' ', ' ' || explaining_columns.item || ' '
        ) as place
    from explained_tags
    inner join explaining_columns on explained_tags.tag_code = explaining_columns.tag_code

),

rule_inputs as (

    select distinct
        tag_code,
        input_tag
    from {{ ref("tag_rule_conditions").include(database=false) }}
    where input_tag is not null

),

thresholds as (

    select
        tag_code,
        '{' || {{ string_list(
            json_pair("threshold_code", "threshold_value"), ", ", "threshold_code"
        ) }} || '}' as thresholds
    from {{ ref("tag_thresholds").include(database=false) }}
    group by tag_code

),

reasons as (

    {% for family in tag_families() -%}
        select
            {{ family }}.one_id,
            tags.tag_code,
            {{ column_by_name(family, "tags.value_column", "string") }} as tag_value,
            '{' || coalesce({{ items_at(family ~ ".members", "tags.positions", ",") }}, '') || '}'
                as inputs,
            cast(null as integer) as layer,
            {{ column_by_name(family, "tags.score_column", "double") }} as tag_score,
            {{ family }}.as_of_date
        -- as JSON once per customer, not once per tag
        from (
            select
                *,
                {{ json_members(family) }} as members
            from {{ ref(family).include(database=false) }}
        ) as {{ family }}
        cross join ( -- noqa: ST05
            select
                tag_code,
                value_column,
                score_column,
                {{ integer_list(string_list(
                    "cast(" ~ column_position(family, "item") ~ " as string)", " ", "place"
                )) }} as positions
            from tag_inputs
            where model_name = '{{ family }}'
            group by tag_code, value_column, score_column
        ) as tags
        union all
    {% endfor -%}
    select
        rule_tags.one_id,
        rule_tags.tag_code,
        rule_tags.tag_value,
        '{' || coalesce(
            {{ string_list(
                json_pair("rule_inputs.input_tag", "customer_tags.tag_value"),
                ", ",
                "rule_inputs.input_tag"
            ) }}, ''
        ) || '}' as inputs,
        rule_tags.layer,
        cast(null as double) as tag_score,
        rule_tags.as_of_date
    from rule_tags
    left join rule_inputs on rule_tags.tag_code = rule_inputs.tag_code
    left join customer_tags
        on
            rule_tags.one_id = customer_tags.one_id
            and rule_inputs.input_tag = customer_tags.tag_code
    group by
        rule_tags.one_id, rule_tags.tag_code, rule_tags.tag_value, rule_tags.layer,
        rule_tags.as_of_date

)

select
    cast(reasons.one_id as string) as one_id,
    cast(reasons.tag_code as string) as tag_code,
    cast(catalogue.family as string) as family,
    cast(catalogue.name_en as string) as tag_name_en,
    cast(catalogue.name_zh as string) as tag_name_zh,
    cast(reasons.tag_value as string) as tag_value,
    cast(coalesce(tag_values.name_en, reasons.tag_value) as string) as value_name_en,
    cast(coalesce(tag_values.name_zh, reasons.tag_value) as string) as value_name_zh,
    cast(reasons.inputs as string) as inputs,
    cast(coalesce(thresholds.thresholds, '{}') as string) as thresholds,
    cast(reasons.layer as integer) as layer,
    cast(catalogue.version as integer) as rule_version,
    cast(reasons.tag_score as double) as tag_score,
    cast(reasons.as_of_date as date) as as_of_date
from reasons
left join catalogue on reasons.tag_code = catalogue.tag_code
left join tag_values
    on reasons.tag_code = tag_values.tag_code and reasons.tag_value = tag_values.tag_value
left join thresholds on reasons.tag_code = thresholds.tag_code
where reasons.tag_value is not null
