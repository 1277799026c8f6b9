{#- Every value that a customer's records give, scored by the rules of its attribute. -#}
{%- set attributes = {
    "full_name": "full_name",
    "gender": "gender",
    "birth_date": "cast(birth_date as string)",
    "card_level": "card_level",
    "company": "company",
    "phone": "phone",
    "email": "email",
} -%}

{%- call change_log.changed_keys(["one_id"]) %}
    {{ change_log.keys_from(ref("int_identity__one_ids"), ["one_id"]) }}
{% endcall -%}
{#- customers of a record that says something else, or whose contact was suppressed -#}
{%- call change_log.changed_keys(["one_id"]) %}
    select {{ change_log.key_hash(["one_id"]) }} as key_hash
    from {{ ref("int_identity__one_ids") }}
    where profile_id in (
        select profile_id from {{ change_log.changes_of(ref("int_identity__profiles")) }}
    )
{% endcall -%}
{%- call change_log.changed_keys(["one_id"]) %}
    select {{ change_log.key_hash(["one_id"]) }} as key_hash
    from {{ ref("int_identity__one_ids") }}
    where profile_id in (
        select profile_id
        from {{ change_log.changes_of(ref("int_identity__suspect_identifiers")) }}
    )
{% endcall -%}
{%- call change_log.changed_keys(["one_id"]) %}
    select {{ change_log.key_hash(["one_id"]) }} as key_hash
    from {{ ref("int_identity__one_ids") }}
    where profile_id in (
        select profile_id from {{ change_log.changes_of(ref("int_identity__identifiers")) }}
    )
{% endcall -%}
with

rules as (

    select * from {{ ref("golden_rules") }}

),

source_priority as (

    select * from {{ ref("source_priority") }}

),

-- a rule may normalise a value further than a record gives it, so it is asked by record
suppressed as (

    select distinct
        profile_id,
        identifier_type
    from {{ ref("int_identity__suspect_identifiers") }}
    where identifier_type in ('phone', 'email')

),

profiles as (

    select
        one_ids.one_id,
        {{ record_key("profiles") }} as record_key,
        profiles.*
    from {{ ref("int_identity__profiles") }} as profiles
    inner join {{ ref("int_identity__one_ids") }} as one_ids
        on profiles.profile_id = one_ids.profile_id
    {{ change_log.only_changed("where", ["one_ids.one_id"]) }}

),

-- a place is one attribute: never the province of one source and the city of another
given as (

    select
        one_id,
        profile_id,
        record_key,
        source_system,
        record_type,
        last_seen_at as observed_at,
        'place' as attribute,
        coalesce(province, '') || '|' || coalesce(city, '') as attribute_value
    from profiles
    where coalesce(city, province) is not null
    {% for attribute, expression in attributes.items() -%}
        union all
        select
            one_id,
            profile_id,
            record_key,
            source_system,
            record_type,
            last_seen_at as observed_at,
            '{{ attribute }}' as attribute,
            {{ expression }} as attribute_value
        from profiles
        where {{ attribute }} is not null
    {% endfor %}
),

-- a value that belongs to several people is no golden contact
unshared as (

    select
        given.*,
        count(*) over (
            partition by given.one_id, given.attribute, given.attribute_value
        ) as value_count,
        -- staff or the customer entered it under an account; a till and a guest did not
        case
            when given.record_type in ('shopper', 'guest', 'cookie', 'user') then 0
            else 1
        end as is_verified,
        -- a system that the seed does not name comes after all that it names
        coalesce(source_priority.priority, 99) as source_rank
    from given
    left join source_priority on given.source_system = source_priority.source_system
    left join suppressed
        on
            given.profile_id = suppressed.profile_id
            and given.attribute = suppressed.identifier_type
    where suppressed.profile_id is null

),

scored as (

    select
        unshared.*,
        rules.first_by,
        rules.then_by,
        rules.last_by,
        {{ golden_score("rules.first_by") }} as first_score,
        {{ golden_score("rules.then_by") }} as then_score,
        {{ golden_score("rules.last_by") }} as last_score
    from unshared
    inner join rules on unshared.attribute = rules.attribute

),

golden_candidates as (

    select
        one_id,
        attribute,
        attribute_value,
        source_system,
        profile_id,
        observed_at,
        row_number() over (
            partition by one_id, attribute
            order by
                first_score desc nulls last, then_score desc nulls last,
                last_score desc nulls last, record_key asc
        ) as candidate_rank,
        max(attribute_value) over (partition by one_id, attribute)
        <> min(attribute_value) over (partition by one_id, attribute) as is_conflict,
        -- the first rule that separated it from the others
        case
            when count(*) over (partition by one_id, attribute) = 1 then 'only_value'
            when
                max(attribute_value) over (partition by one_id, attribute)
                = min(attribute_value) over (partition by one_id, attribute)
                then 'all_agree'
            when count(*) over (partition by one_id, attribute, first_score) = 1 then first_by
            when count(*) over (partition by one_id, attribute, first_score, then_score) = 1
                then first_by || ', ' || then_by
            else first_by || ', ' || then_by || ', ' || last_by
        end as reason
    from scored

)

select * from golden_candidates
