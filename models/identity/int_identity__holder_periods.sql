{#-
    Values that changed hands. A value that was silent for long is another holder's where those
    who carry it afterwards share nothing with those who carried it before, and name, unionid or
    device differ. A reviewer may release a value from a person (seed unbind).
-#}
{%- set silence_seconds = var("identity_silence_days") * 86400 -%}
{%- set always = "timestamp '1900-01-01 00:00:00'" -%}
{{- change_log.all_keys(["profile_id", "identifier_hash"]) -}}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}

),

rules as (

    select * from {{ ref("identifier_types") }}

),

profiles as (

    select
        profiles.profile_id,
        {{ record_key("profiles") }} as record_key,
        profiles.record_type,
        profiles.name_key,
        coalesce(profiles.name_key, profiles.surname) as meeting_name,
        profiles.birth_date
    from {{ ref("int_identity__profiles") }} as profiles

),

named_people as (

    select * from {{ ref("int_identity__named_people") }}

),

-- what is decided for a later day is not known yet
releases as (

    select
        decisions.identifier_hash,
        decisions.profile_id,
        profiles.record_key,
        min(decisions.released_date) as released_date
    from {{ ref("int_identity__decisions") }} as decisions
    inner join profiles on decisions.profile_id = profiles.profile_id
    where
        decisions.decision = 'unbind'
        and decisions.released_date <= {{ business_date("(select as_of_at from as_of)") }}
    group by decisions.identifier_hash, decisions.profile_id, profiles.record_key

),

-- a silence lies after the end of some record and before the beginning of another
looked_at as (

    select identifiers.identifier_hash
    from identifiers
    inner join rules
        on identifiers.identifier_type = rules.identifier_type and rules.changes_hands
    group by identifiers.identifier_hash
    having
        {{ epoch_seconds("max(identifiers.first_seen_at)") }}
        - {{ epoch_seconds("min(identifiers.last_seen_at)") }}
        > {{ silence_seconds }}
    union
    select identifier_hash from releases

),

carriers as (

    select
        identifiers.identifier_type,
        identifiers.identifier_hash,
        identifiers.profile_id,
        profiles.record_key,
        profiles.record_type,
        case
            when named_people.identifier_hash is not null then named_people.near_name
            else profiles.name_key
        end as near_name,
        profiles.birth_date,
        coalesce(identifiers.first_seen_at, {{ always }}) as carried_from,
        identifiers.last_seen_at as carried_to
    from looked_at
    inner join identifiers on looked_at.identifier_hash = identifiers.identifier_hash
    inner join profiles on identifiers.profile_id = profiles.profile_id
    left join named_people
        on
            identifiers.identifier_hash = named_people.identifier_hash
            and profiles.meeting_name = named_people.name_key

),

-- what shows that two records are one holder's; of some kinds a difference shows that they are not
signs as (

    select
        identifier_hash, profile_id, carried_from, carried_to,
        'name' as sign_kind,
        near_name as sign_value
    from carriers
    where near_name is not null
    union all
    select
        identifier_hash, profile_id, carried_from, carried_to,
        'birth_date' as sign_kind,
        cast(birth_date as string) as sign_value
    from carriers
    where birth_date is not null
    union all
    select
        carriers.identifier_hash,
        carriers.profile_id,
        carriers.carried_from,
        carriers.carried_to,
        others.identifier_type as sign_kind,
        others.identifier_hash as sign_value
    from carriers
    inner join identifiers as others
        on
            carriers.profile_id = others.profile_id
            and carriers.identifier_hash <> others.identifier_hash
    left join {{ ref("int_identity__lent_cards") }} as lent_cards
        on
            others.profile_id = lent_cards.profile_id
            and others.identifier_hash = lent_cards.identifier_hash
    -- what is lent or stands for nobody shows nothing
    where
        lent_cards.profile_id is null
        and case
            when others.identifier_type = 'email'
                then {{ function("email_issue") }}(others.identifier_value) is null
            when others.identifier_type = 'phone'
                then coalesce(
                    not {{ function("is_placeholder_phone") }}(others.identifier_value), true
                )
            else true
        end

),

-- a person who pauses holds the value in between
periods as (

    select
        identifier_hash,
        profile_id,
        carried_from,
        carried_to
    from carriers
    union all
    select
        identifier_hash,
        cast(null as string) as profile_id,
        min(carried_from) as carried_from,
        max(carried_to) as carried_to
    from signs
    group by identifier_hash, sign_kind, sign_value
    having count(*) > 1

),

opened as (

    select
        *,
        case
            when
                {{ epoch_seconds("carried_from") }}
                - {{ epoch_seconds("max(carried_to) over (
                    partition by identifier_hash order by carried_from, carried_to
                    rows between unbounded preceding and 1 preceding
                )") }}
                > {{ silence_seconds }}
                then 1
            else 0
        end as opens
    from periods

),

numbered as (

    select
        identifier_hash,
        profile_id,
        sum(opens) over (
            partition by identifier_hash order by carried_from asc, carried_to asc, opens desc
            rows between unbounded preceding and current row
        ) as stretch
    from opened

),

stretches as (

    select * from numbered
    where profile_id is not null

),

-- between the first and the last stretch that name somebody, each silence is a change of hands
kinds as (

    select
        signs.identifier_hash,
        signs.sign_kind,
        min(stretches.stretch) as first_stretch,
        max(stretches.stretch) as last_stretch
    from signs
    inner join stretches
        on
            signs.identifier_hash = stretches.identifier_hash
            and signs.profile_id = stretches.profile_id
    where signs.sign_kind in ('name', 'unionid', 'cookie')
    group by signs.identifier_hash, signs.sign_kind
    having min(stretches.stretch) < max(stretches.stretch)

),

beginnings as (

    select distinct identifier_hash, stretch from stretches

),

changes as (

    select
        beginnings.identifier_hash,
        beginnings.stretch,
        case min(
            case kinds.sign_kind when 'name' then 1 when 'unionid' then 2 else 3 end
        )
            when 1 then 'another_name'
            when 2 then 'another_unionid'
            else 'another_device'
        end as change_reason
    from beginnings
    inner join kinds
        on
            beginnings.identifier_hash = kinds.identifier_hash
            and beginnings.stretch > kinds.first_stretch
            and beginnings.stretch <= kinds.last_stretch
    group by beginnings.identifier_hash, beginnings.stretch

),

-- a value of more holders than may share it is nobody's, and is weighed as a whole
counted as (

    select
        identifier_hash,
        count(*) + 1 as holder_count
    from changes
    group by identifier_hash

),

types_of_values as (

    select distinct identifier_hash, identifier_type from carriers

),

changed as (

    select
        changes.identifier_hash,
        changes.stretch,
        changes.change_reason
    from changes
    inner join counted on changes.identifier_hash = counted.identifier_hash
    inner join types_of_values
        on changes.identifier_hash = types_of_values.identifier_hash
    inner join rules
        on
            types_of_values.identifier_type = rules.identifier_type
            and rules.changes_hands
            and counted.holder_count <= rules.max_customers

),

by_silence as (

    select
        stretches.identifier_hash,
        stretches.profile_id,
        coalesce(max(changed.stretch), 0) as began_in,
        max_by(changed.change_reason, changed.stretch) as change_reason
    from stretches
    left join changed
        on
            stretches.identifier_hash = changed.identifier_hash
            and stretches.stretch >= changed.stretch
    group by stretches.identifier_hash, stretches.profile_id

),

-- released are the record named, those that share its name or another value with it, and those
-- of no name that were last seen on the value before the day
released as (

    select
        carriers.identifier_hash,
        carriers.profile_id,
        min_by(
            releases.record_key, cast(releases.released_date as string) || releases.record_key
        ) as released_key,
        min(releases.released_date) as released_date
    from releases
    inner join carriers
        on
            releases.identifier_hash = carriers.identifier_hash
            and (
                carriers.carried_from = {{ always }}
                or {{ business_date("carriers.carried_from") }} < releases.released_date
            )
    left join signs as own_signs
        on
            carriers.identifier_hash = own_signs.identifier_hash
            and carriers.profile_id = own_signs.profile_id
            and own_signs.sign_kind <> 'birth_date'
    left join signs
        on
            releases.identifier_hash = signs.identifier_hash
            and releases.profile_id = signs.profile_id
            and own_signs.sign_kind = signs.sign_kind
            and own_signs.sign_value = signs.sign_value
    where
        carriers.profile_id = releases.profile_id
        or signs.profile_id is not null
        or (
            carriers.near_name is null
            and {{ business_date("carriers.carried_to") }} < releases.released_date
        )
    group by carriers.identifier_hash, carriers.profile_id

),

-- what was given at a till or by a guest and says no more may be the former holder's all the same
signed as (

    select distinct identifier_hash, profile_id from signs

),

handed_on as (

    select distinct identifier_hash from changed

),

grouped as (

    select
        carriers.identifier_type,
        carriers.identifier_hash,
        carriers.profile_id,
        carriers.carried_from,
        carriers.carried_to,
        coalesce(
            'released|' || released.released_key,
            'silence|' || lpad(cast(by_silence.began_in as string), 6, '0')
        ) as holder_key,
        case
            when released.profile_id is null then by_silence.began_in
        end as began_in,
        case
            when released.profile_id is null then by_silence.change_reason
            else 'released'
        end as change_reason,
        released.profile_id is not null
        or handed_on.identifier_hash is null
        or signed.profile_id is not null
        or carriers.record_type not in ('shopper', 'guest') as is_holder,
        released.released_date
    from carriers
    inner join by_silence
        on
            carriers.identifier_hash = by_silence.identifier_hash
            and carriers.profile_id = by_silence.profile_id
    left join released
        on
            carriers.identifier_hash = released.identifier_hash
            and carriers.profile_id = released.profile_id
    left join handed_on on carriers.identifier_hash = handed_on.identifier_hash
    left join signed
        on
            carriers.identifier_hash = signed.identifier_hash
            and carriers.profile_id = signed.profile_id

),

holders as (

    select
        identifier_hash,
        holder_key,
        min(carried_from) as held_from,
        max(carried_to) as last_carried_at,
        max(change_reason) as change_reason,
        max(released_date) as released_date,
        max(began_in) as began_in
    from grouped
    group by identifier_hash, holder_key

),

ordered as (

    select
        *,
        row_number() over (
            partition by identifier_hash order by held_from, holder_key
        ) as holder_number,
        count(*) over (partition by identifier_hash) as holder_count,
        max(began_in) over (partition by identifier_hash) as last_began_in
    from holders

),

holder_periods as (

    select
        grouped.profile_id,
        grouped.identifier_type,
        grouped.identifier_hash,
        ordered.change_reason,
        ordered.holder_number,
        grouped.is_holder,
        grouped.is_holder
        and ordered.released_date is null
        and ordered.began_in = ordered.last_began_in as is_current,
        ordered.released_date,
        case when ordered.held_from > {{ always }} then ordered.held_from end as held_from,
        case
            when ordered.released_date is not null
                then {{ from_business_time("cast(ordered.released_date as timestamp)") }}
            when ordered.began_in < ordered.last_began_in then ordered.last_carried_at
        end as held_to
    from grouped
    inner join ordered
        on
            grouped.identifier_hash = ordered.identifier_hash
            and grouped.holder_key = ordered.holder_key
    where ordered.holder_count > 1 or ordered.released_date is not null

)

select * from holder_periods
