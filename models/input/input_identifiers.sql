{#-
    What a record is known by besides its own key. A column of input_people is a word in the list
    below; any number of identifiers of a record, such as its numbers in other systems, are a select.
    The namespace is the system that gave a value out, where another may give the same to somebody
    else; it is empty where a value means the same everywhere.
-#}
{%- set columns_of_people = {
    "card": "card_no", "phone": "phone", "email": "email", "unionid": "unionid",
} -%}
with

people as (

    select * from {{ ref("input_people") }}

),

identifiers as (

    {% for identifier_type, column in columns_of_people.items() -%}
        select
            source_system,
            record_type,
            natural_key,
            '{{ identifier_type }}' as identifier_type,
            '' as namespace,
            {{ column }} as identifier_value,
            'people' as given_in,
            cast(null as timestamp) as seen_at,
            loaded_at
        from people
        where {{ column }} is not null
        union all
    {% endfor -%}
    select
        'crm' as source_system,
        'member' as record_type,
        member_id as natural_key,
        identifier_type,
        coalesce(issued_by, '') as namespace,
        identifier_value,
        'crm.member_identifiers' as given_in,
        linked_at as seen_at,
        loaded_at
    from {{ ref("stg_crm__member_identifiers") }}
    where reject_reason is null and not is_exact_duplicate
    union all
    select
        'crm' as source_system,
        'member' as record_type,
        member_id as natural_key,
        'phone' as identifier_type,
        '' as namespace,
        second_phone as identifier_value,
        'crm.members' as given_in,
        -- given with a time it comes after the first one, which is the record's own
        coalesce(joined_at, updated_at, loaded_at) as seen_at,
        loaded_at
    from {{ ref("stg_crm__members") }}
    where reject_reason is null and not is_exact_duplicate and second_phone is not null
    union all
    select
        'web' as source_system,
        'account' as record_type,
        user_id as natural_key,
        'phone' as identifier_type,
        '' as namespace,
        second_phone as identifier_value,
        'web.accounts' as given_in,
        coalesce(registered_at, updated_at, loaded_at) as seen_at,
        loaded_at
    from {{ ref("stg_web__accounts") }}
    where reject_reason is null and not is_exact_duplicate and second_phone is not null

)

select
    cast(source_system as string) as source_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(identifier_type as string) as identifier_type,
    cast(namespace as string) as namespace,
    cast(identifier_value as string) as identifier_value,
    cast(given_in as string) as given_in,
    cast(seen_at as timestamp) as seen_at,
    cast(loaded_at as timestamp) as loaded_at
from identifiers
