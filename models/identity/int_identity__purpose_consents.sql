{#-
    What each customer last said about each channel and purpose. To unsubscribe is to withdraw
    consent to messages by the channel. What was objected to by command stays so until it is
    lifted, whatever a source says later.
-#}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

purposes as (

    select * from {{ ref("processing_purposes") }}

),

channels as (

    {% for channel in contact_channels() -%}
        select '{{ channel }}' as channel
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

consent_changes as (

    select
        {{ profile_id("consents.record_system", "consents.record_type", "consents.natural_key") }}
            as profile_id,
        consents.channel,
        consents.purpose as purpose_code,
        'consent' as basis,
        consents.source_system,
        consents.capture_source,
        coalesce(consents.is_granted, false) as is_granted,
        consents.changed_at
    from {{ ref("input_consents") }} as consents
    cross join as_of
    where consents.changed_at <= as_of.as_of_at

    union all

    select
        touches.profile_id,
        touches.channel,
        purposes.purpose_code,
        'unsubscribe' as basis,
        touches.source_system,
        cast(null as string) as capture_source,
        false as is_granted,
        touches.unsubscribed_at as changed_at
    from {{ ref("int_behaviour__touches") }} as touches
    inner join purposes on purposes.covers = 'messages'
    where
        touches.is_unsubscribed and touches.profile_id is not null and touches.channel is not null

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

words as (

    select
        one_ids.one_id,
        consent_changes.channel,
        consent_changes.purpose_code,
        consent_changes.basis,
        consent_changes.source_system,
        consent_changes.capture_source,
        consent_changes.is_granted,
        consent_changes.changed_at
    from consent_changes
    inner join one_ids on consent_changes.profile_id = one_ids.profile_id
    union all
    select
        one_id,
        'all' as channel,
        purpose_code,
        'objection' as basis,
        'request' as source_system,
        cast(null as string) as capture_source,
        false as is_granted,
        objected_at as changed_at
    from {{ ref("int_identity__objections") }}

),

-- a word on all channels of messages is one on each of them
spread as (

    select
        words.one_id,
        coalesce(channels.channel, words.channel) as channel,
        words.purpose_code,
        purposes.covers,
        purposes.legal_basis,
        words.basis,
        words.source_system,
        words.capture_source,
        words.is_granted,
        words.changed_at
    from words
    inner join purposes on words.purpose_code = purposes.purpose_code
    left join channels on words.channel = 'all' and purposes.covers = 'messages'

),

-- the last word counts; of two at one moment the refusal
latest as (

    select
        *,
        row_number() over (
            partition by one_id, channel, purpose_code
            order by
                case when basis = 'objection' then 0 else 1 end asc,
                changed_at desc,
                is_granted asc,
                basis desc,
                source_system asc,
                capture_source asc nulls last
        ) as recency,
        min(case when is_granted then changed_at end) over (
            partition by one_id, channel, purpose_code
        ) as first_granted_at
    from spread

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(purpose_code as string) as purpose_code,
    cast(covers as string) as covers,
    cast(
        case
            when is_granted then 'granted'
            when basis = 'unsubscribe' then 'unsubscribed'
            when basis = 'objection' or legal_basis = 'legitimate_interest' then 'objected'
            when first_granted_at is not null then 'withdrawn'
            else 'refused'
        end as string
    ) as consent_state,
    cast(basis as string) as basis,
    cast(legal_basis as string) as legal_basis,
    cast(source_system as string) as source_system,
    cast(capture_source as string) as capture_source,
    cast(is_granted as boolean) as is_granted,
    cast(first_granted_at as timestamp) as first_granted_at,
    cast(changed_at as timestamp) as changed_at
from latest
where recency = 1
