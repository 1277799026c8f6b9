-- the seed has the name tag_catalogue in the project; readers find it in schema tags
{{ config(alias="tag_catalogue") }}

with

catalogue as (

    select * from {{ ref("int_registry__catalogue") }}

),

rule_inputs as (

    select
        tag_code,
        {{ string_list("distinct input_tag", " ", "input_tag") }} as input_tags
    from {{ ref("int_registry__rule_conditions") }}
    group by tag_code

)

select
    cast(catalogue.tag_code as string) as tag_code,
    cast(catalogue.family as string) as family,
    cast(catalogue.tag_type as string) as tag_type,
    cast(catalogue.name_en as string) as name_en,
    cast(catalogue.name_zh as string) as name_zh,
    cast(catalogue.description_en as string) as description_en,
    cast(catalogue.description_zh as string) as description_zh,
    cast(catalogue.value_type as string) as value_type,
    cast(catalogue.domain as string) as domain,
    cast(catalogue.model_name as string) as model_name,
    cast(catalogue.value_column as string) as value_column,
    cast(catalogue.score_column as string) as score_column,
    cast(coalesce(catalogue.input_columns, rule_inputs.input_tags) as string) as inputs,
    cast(catalogue.settings as string) as settings,
    cast(catalogue.owner as string) as owner,
    cast(catalogue.status as string) as status,
    cast(catalogue.refresh as string) as refresh,
    cast(catalogue.version as integer) as version,
    cast(catalogue.min_coverage as double) as min_coverage,
    cast(catalogue.max_psi as double) as max_psi,
    cast(catalogue.has_history as boolean) as has_history
from catalogue
left join rule_inputs on catalogue.tag_code = rule_inputs.tag_code
