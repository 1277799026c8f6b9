{{- change_log.all_keys(["identifier_hash", "name_key"]) -}}
with

meetings as (

    select * from {{ ref("int_identity__name_meetings") }}

),

agreements as (

    select * from {{ ref("int_identity__name_agreements") }}

),

compared as (

    select
        meetings.meeting_id as identifier_hash,
        meetings.name_key,
        bool_or(agreements.agreement = 'says_nothing') as says_nothing,
        min(case when agreements.agreement = 'same' then meetings.other_name_key end)
            as same_name,
        min(
            case
                when agreements.agreement in ('same', 'near') then meetings.other_name_key
            end
        ) as near_name
    from meetings
    inner join agreements
        on
            meetings.full_name = agreements.full_name
            and meetings.other_full_name = agreements.other_full_name
    group by meetings.meeting_id, meetings.name_key

),

named_people as (

    select
        identifier_hash,
        name_key,
        case when not says_nothing then least(name_key, coalesce(same_name, name_key)) end
            as person_name,
        case when not says_nothing then least(name_key, coalesce(near_name, name_key)) end
            as near_name
    from compared

)

select * from named_people
