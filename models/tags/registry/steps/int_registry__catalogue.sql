with

tag_catalogue as (

    select * from {{ ref("tag_catalogue") }}

)

select
    cast(tag_code as string) as tag_code,
    cast(family as string) as family,
    cast(tag_type as string) as tag_type,
    cast(name_en as string) as name_en,
    cast(name_zh as string) as name_zh,
    cast(description_en as string) as description_en,
    cast(description_zh as string) as description_zh,
    cast(value_type as string) as value_type,
    cast(domain as string) as domain,
    cast(model_name as string) as model_name,
    cast(value_column as string) as value_column,
    cast(score_column as string) as score_column,
    cast(input_columns as string) as input_columns,
    cast(settings as string) as settings,
    cast(owner as string) as owner,
    cast(status as string) as status,
    cast(refresh as string) as refresh,
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
