{#- What a record carries and is not trusted to say whose it is: nobody is reached by it. -#}
{%- set key = ["identifier_hash"] -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_identity__identifiers"), key) }}
    union all
    {{ change_log.keys_from(ref("int_identity__suppressed_identifiers"), key) }}
    union all
    {{ change_log.keys_from(ref("int_identity__lent_cards"), key) }}
    union all
    {{ change_log.keys_from(ref("int_identity__holder_periods"), key) }}
{% endcall -%}
with

identifiers as (

    select
        profile_id,
        identifier_type,
        identifier_hash
    from {{ ref("int_identity__identifiers") }}
    {{ change_log.only_changed("where", key) }}

),

lent_cards as (

    select * from {{ ref("int_identity__lent_cards") }}

),

holder_periods as (

    select * from {{ ref("int_identity__holder_periods") }}

),

suppressed_identifiers as (

    select * from {{ ref("int_identity__suppressed_identifiers") }}

),

assessed as (

    select
        identifiers.profile_id,
        identifiers.identifier_type,
        identifiers.identifier_hash,
        case
            when lent_cards.profile_id is not null then 'lent_card'
            when not holder_periods.is_holder then 'unknown_holder'
            when suppressed_identifiers.identifier_hash is not null
                then suppressed_identifiers.suppression_reason
            when holder_periods.is_current then null
            when holder_periods.released_date is not null then 'released'
            when holder_periods.profile_id is not null then 'changed_hands'
        end as suspect_reason
    from identifiers
    left join lent_cards
        on
            identifiers.profile_id = lent_cards.profile_id
            and identifiers.identifier_hash = lent_cards.identifier_hash
    left join holder_periods
        on
            identifiers.profile_id = holder_periods.profile_id
            and identifiers.identifier_hash = holder_periods.identifier_hash
    left join suppressed_identifiers
        on
            identifiers.identifier_hash = suppressed_identifiers.identifier_hash
            and coalesce(holder_periods.holder_number, 1) = suppressed_identifiers.holder_number

),

suspect_identifiers as (

    select
        profile_id,
        identifier_type,
        identifier_hash,
        suspect_reason
    from assessed
    where suspect_reason is not null

)

select * from suspect_identifiers
