-- A view in the published file too, over published tables: written out, the JSON of every
-- tag of every customer would outweigh all else. It names no database, because the
-- published file has another name.
{%- set live = {} -%}
{%- for row in tag_catalogue_rows() if row.status == "live" and row.model_name != "rule_tags" -%}
    {%- do live.setdefault(row.model_name, []).append(row) -%}
{%- endfor %}
-- depends_on: {{ ref("tag_catalogue") }}

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

    {% for model_name, tags in live.items() -%}
        select
            one_id,
            tag_code,
            tag_value,
            inputs,
            cast(null as integer) as layer,
            tag_score,
            as_of_date
        from (
            {{ unpivot_tags(built_model(model_name).include(database=false), tags, explained=true) }}
        ) as family_tags
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
