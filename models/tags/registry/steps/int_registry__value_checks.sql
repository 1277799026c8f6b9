with

catalogue as (

    select * from {{ ref("int_registry__catalogue") }}

),

allowed_values as (

    select * from {{ ref("int_registry__allowed_values") }}

),

-- codes and flags have few values; of the others the ends say enough
found as (

    select
        family_tags.tag_code,
        case
            when catalogue.value_type in ('code', 'flag') then family_tags.tag_value
        end as tag_value,
        count(*) as customers,
        min(
            case
                when catalogue.value_type in ('number', 'amount')
                    then try_cast(family_tags.tag_value as double)
            end
        ) as lowest,
        max(
            case
                when catalogue.value_type in ('number', 'amount')
                    then try_cast(family_tags.tag_value as double)
            end
        ) as highest,
        min(
            case
                when
                    catalogue.value_type in ('number', 'amount')
                    and try_cast(family_tags.tag_value as double) is null
                    then family_tags.tag_value
                when
                    catalogue.value_type = 'date'
                    and try_cast(family_tags.tag_value as date) is null
                    then family_tags.tag_value
            end
        ) as unreadable
    from {{ ref("int_registry__family_tags") }} as family_tags
    inner join catalogue on family_tags.tag_code = catalogue.tag_code
    group by
        family_tags.tag_code,
        case
            when catalogue.value_type in ('code', 'flag') then family_tags.tag_value
        end

),

allowed_lists as (

    select
        tag_code,
        {{ string_list("tag_value", ", ", "value_position") }} as values_allowed
    from allowed_values
    group by tag_code

),

value_checks as (

    select
        found.*,
        catalogue.value_type,
        case
            when catalogue.value_type in ('code', 'flag') and allowed_values.tag_value is null
                then {{ stop_build(
                    "'tag ' || found.tag_code || ' of ' || catalogue.model_name || ' has the value ' "
                    ~ "|| found.tag_value || ' (' || cast(found.customers as string) || ' customers); "
                    ~ "allowed are: ' || coalesce(allowed_lists.values_allowed, '')"
                ) }}
            when found.unreadable is not null
                then {{ stop_build(
                    "'tag ' || found.tag_code || ' of ' || catalogue.model_name || ' has the value ' "
                    ~ "|| found.unreadable || '; allowed is ' || case when catalogue.value_type = 'amount' "
                    ~ "then 'an ' else 'a ' end || catalogue.value_type"
                ) }}
            when found.lowest < catalogue.domain_from or found.highest > catalogue.domain_to
                then {{ stop_build(
                    "'tag ' || found.tag_code || ' of ' || catalogue.model_name || ' has values from ' "
                    ~ "|| cast(found.lowest as string) || ' to ' || cast(found.highest as string) "
                    ~ "|| '; allowed is ' || catalogue.domain"
                ) }}
            else true
        end as is_in_domain
    from found
    inner join catalogue on found.tag_code = catalogue.tag_code
    left join allowed_lists on found.tag_code = allowed_lists.tag_code
    left join allowed_values
        on
            found.tag_code = allowed_values.tag_code
            and found.tag_value = allowed_values.tag_value

)

select
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(customers as bigint) as customers,
    cast(lowest as double) as lowest,
    cast(highest as double) as highest,
    cast(is_in_domain as boolean) as is_in_domain
from value_checks
