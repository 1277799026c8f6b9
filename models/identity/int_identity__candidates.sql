{#- What would join two profiles, before anything is weighed against anything else. -#}
{%- set key = ["identifier_hash"] -%}
{%- set years_between_generations = 14 -%}
{%- set forced_hash = keyed_hash("'force_link|' || profile_id || '|' || other_profile_id") -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_identity__identifiers"), key) }}
{% endcall -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_identity__suppressed_identifiers"), key) }}
{% endcall -%}
{%- call change_log.changed_keys(key) %}
    select {{ change_log.key_hash(key) }} as key_hash
    from {{ ref("int_identity__identifiers") }}
    where profile_id in (
        select profile_id from {{ change_log.changes_of(ref("int_identity__profiles")) }}
    )
{% endcall -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_identity__named_people"), key) }}
    union all
    {{ change_log.keys_from(ref("int_identity__lent_cards"), key) }}
    union all
    {{ change_log.keys_from(ref("int_identity__holder_periods"), key) }}
{% endcall -%}
{#- links made by hand are few, and what they name may have come or gone -#}
{%- call change_log.changed_keys(key) %}
    select {{ change_log.key_hash(key) }} as key_hash
    from {{ this }}
    where rule in ('force_link', 'probabilistic')
    union all
    select {{ change_log.key_hash([forced_hash]) }} as key_hash
    from {{ ref("int_identity__decisions") }}
    where decision = 'force_link'
{% endcall -%}
with

identifiers as (

    {{ counted_identifiers() }}

),

named_people as (

    select * from {{ ref("int_identity__named_people") }}

),

suppressed_identifiers as (

    select * from {{ ref("int_identity__suppressed_identifiers") }}

),

rules as (

    select * from {{ ref("identifier_types") }}

),

decisions as (

    select * from {{ ref("int_identity__decisions") }}

),

-- a record that was taken out by hand is joined by hand only
set_apart as (

    select distinct profile_id from decisions
    where decision = 'unmerge'

),

profiles as (

    select
        profiles.profile_id,
        {{ record_key("profiles") }} as record_key,
        profiles.name_key,
        coalesce(profiles.name_key, profiles.surname) as meeting_name,
        profiles.gender,
        profiles.birth_date
    from {{ ref("int_identity__profiles") }} as profiles
    left join set_apart on profiles.profile_id = set_apart.profile_id
    where set_apart.profile_id is null

),

weighed as (

    select
        identifiers.profile_id,
        identifiers.identifier_type,
        identifiers.identifier_hash,
        identifiers.holder_key,
        identifiers.identifier_type || ' ' || identifiers.namespace || ' '
        || identifiers.identifier_value as value_key,
        profiles.record_key,
        case
            when named_people.identifier_hash is not null then named_people.person_name
            else profiles.name_key
        end as person_name,
        case
            when named_people.identifier_hash is not null then named_people.near_name
            else profiles.name_key
        end as near_name,
        profiles.gender,
        profiles.birth_date,
        suppressed_identifiers.holder_key is null as joins_anybody,
        coalesce(suppressed_identifiers.links_by_name, true) as joins_one_person
    from identifiers
    inner join profiles on identifiers.profile_id = profiles.profile_id
    left join named_people
        on
            identifiers.identifier_hash = named_people.identifier_hash
            and profiles.meeting_name = named_people.name_key
    left join suppressed_identifiers
        on identifiers.holder_key = suppressed_identifiers.holder_key

),

-- a suppressed value makes no link, or only among records that agree in more
agreeing as (

    select
        profile_id,
        record_key,
        identifier_type || '_and_name' as rule,
        identifier_hash,
        holder_key,
        value_key,
        person_name as person_key,
        gender,
        birth_date
    from weighed
    where joins_one_person and person_name is not null
    union all
    select
        profile_id,
        record_key,
        identifier_type || '_and_birth_date' as rule,
        identifier_hash,
        holder_key,
        value_key,
        near_name || '|' || cast(birth_date as string) as person_key,
        gender,
        birth_date
    from weighed
    where joins_one_person and near_name is not null and birth_date is not null

),

-- a father and a son of one name, a brother and a sister: where genders or generations differ, only
-- those who say which they are meet
contradicted as (

    select
        *,
        min(gender) over (partition by rule, holder_key, person_key)
        <> max(gender) over (partition by rule, holder_key, person_key)
            as is_of_two_genders,
        max(extract(year from birth_date)) over (partition by rule, holder_key, person_key)
        - min(extract(year from birth_date)) over (partition by rule, holder_key, person_key)
        >= {{ years_between_generations }} as is_of_two_generations
    from agreeing

),

joinable as (

    select
        profile_id,
        record_key,
        identifier_type as rule,
        identifier_hash,
        holder_key,
        value_key,
        cast(null as string) as person_key
    from weighed
    where joins_anybody
    union all
    select
        profile_id,
        record_key,
        rule,
        identifier_hash,
        holder_key,
        value_key,
        person_key
        || case when is_of_two_genders then '|' || gender else '' end
        || case when is_of_two_generations then '|' || cast(birth_date as string) else '' end
            as person_key
    from contradicted
    where
        (gender is not null or not coalesce(is_of_two_genders, false))
        and (birth_date is not null or not coalesce(is_of_two_generations, false))

),

-- one profile stands for all that carry a value, so that n holders make n - 1 links; which one is
-- said by natural keys, so that no salt decides what is refused
star_links as (

    select
        joinable.profile_id,
        joinable.rule,
        joinable.identifier_hash,
        joinable.value_key,
        joinable.record_key,
        rules.tier,
        rules.priority,
        rules.proves_person,
        min_by(joinable.profile_id, joinable.record_key) over (
            partition by joinable.rule, joinable.holder_key, joinable.person_key
        ) as linked_profile_id,
        min(joinable.record_key) over (
            partition by joinable.rule, joinable.holder_key, joinable.person_key
        ) as linked_record_key
    from joinable
    inner join rules on joinable.rule = rules.identifier_type

),

-- two people may have decided the same
forced as (

    select distinct
        decisions.profile_id,
        decisions.other_profile_id,
        {{ record_key("profiles") }} as record_key,
        {{ record_key("others") }} as linked_record_key
    from decisions
    inner join {{ ref("int_identity__profiles") }} as profiles
        on decisions.profile_id = profiles.profile_id
    inner join {{ ref("int_identity__profiles") }} as others
        on decisions.other_profile_id = others.profile_id
    where decisions.decision = 'force_link'

),

-- probabilistic links have the lowest tier: they never override deterministic ones
alike as (

    select
        pairs.profile_id,
        pairs.linked_profile_id,
        pairs.rule,
        profiles.record_key,
        others.record_key as linked_record_key,
        rules.tier,
        rules.priority,
        rules.proves_person
    from {{ ref("int_identity__likely_pairs") }} as pairs
    inner join rules on pairs.rule = rules.identifier_type
    inner join profiles on pairs.profile_id = profiles.profile_id
    inner join profiles as others on pairs.linked_profile_id = others.profile_id

),

offered as (

    select
        profile_id,
        linked_profile_id,
        rule,
        identifier_hash,
        tier,
        priority,
        case when proves_person then 1 else 2 end as obeys,
        value_key,
        record_key,
        linked_record_key
    from star_links
    where profile_id <> linked_profile_id
    union all
    select
        profile_id,
        other_profile_id as linked_profile_id,
        'force_link' as rule,
        {{ forced_hash }} as identifier_hash,
        0 as tier,
        0 as priority,
        0 as obeys,
        'force_link' as value_key,
        record_key,
        linked_record_key
    from forced
    union all
    select
        profile_id,
        linked_profile_id,
        rule,
        {{ keyed_hash("'probabilistic|' || profile_id || '|' || linked_profile_id") }}
            as identifier_hash,
        tier,
        priority,
        case when proves_person then 1 else 2 end as obeys,
        'probabilistic' as value_key,
        record_key,
        linked_record_key
    from alike

),

candidates as (

    select
        profile_id,
        linked_profile_id,
        rule,
        identifier_hash,
        -- stronger rules first; natural keys settle the rest, so neither salt nor order of rows can
        lpad(cast(priority as string), 4, '0') || ' ' || value_key || ' '
        || least(record_key, linked_record_key) || ' '
        || greatest(record_key, linked_record_key) as link_key,
        tier,
        priority,
        obeys
    from offered

)

select * from candidates
