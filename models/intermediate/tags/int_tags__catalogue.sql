-- Ends the build where the catalogue does not fit the project.
{{ check_tag_catalogue() }}
-- depends_on: {{ ref("rule_tags") }}

with

tag_catalogue as (

    select * from {{ ref("tag_catalogue") }}

)

select
    cast(tag_code as varchar) as tag_code,
    cast(family as varchar) as family,
    cast(tag_type as varchar) as tag_type,
    cast(name_en as varchar) as name_en,
    cast(name_zh as varchar) as name_zh,
    cast(description_en as varchar) as description_en,
    cast(description_zh as varchar) as description_zh,
    cast(value_type as varchar) as value_type,
    cast(domain as varchar) as domain,
    cast(model_name as varchar) as model_name,
    cast(value_column as varchar) as value_column,
    cast(score_column as varchar) as score_column,
    cast(input_columns as varchar) as input_columns,
    cast(settings as varchar) as settings,
    cast(owner as varchar) as owner,
    cast(status as varchar) as status,
    cast(refresh as varchar) as refresh,
    cast(version as integer) as version,
    cast(min_coverage as double) as min_coverage,
    cast(max_psi as double) as max_psi,
    -- an open end is NULL
    cast(
        case
            when value_type in ('number', 'amount') then nullif(split_part(domain, '..', 1), '')
        end as double
    ) as domain_from,
    cast(
        case
            when value_type in ('number', 'amount') then nullif(split_part(domain, '..', 2), '')
        end as double
    ) as domain_to,
    cast(history as boolean) as has_history
from tag_catalogue
