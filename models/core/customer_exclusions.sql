{#-
    Whom a purpose keeps out of what it covers: who objected to it or refused, by whatever channel,
    and where it is off by default who has not allowed it.
-#}
with

purposes as (

    select * from {{ ref("processing_purposes") }}
    where covers in ('predictions', 'enrichments')

),

one_ids as (

    select distinct one_id from {{ ref("int_identity__one_ids") }}

),

words as (

    select
        one_id,
        purpose_code,
        min(case when is_granted then 1 else 0 end) as is_granted,
        min(case when not is_granted then changed_at end) as refused_at
    from {{ ref("int_identity__purpose_consents") }}
    group by one_id, purpose_code

),

excluded as (

    select
        one_ids.one_id,
        purposes.covers,
        purposes.purpose_code,
        case when words.is_granted = 0 then 'objected' else 'no_consent' end as exclusion_reason,
        words.refused_at
    from one_ids
    cross join purposes
    left join words
        on one_ids.one_id = words.one_id and purposes.purpose_code = words.purpose_code
    where
        words.is_granted = 0
        or (words.is_granted is null and not purposes.is_on_by_default)

),

-- of several purposes one that was objected to, and of these the first
ranked as (

    select
        *,
        row_number() over (
            partition by one_id, covers
            order by refused_at asc nulls last, purpose_code asc
        ) as purpose_position
    from excluded

)

select
    cast(one_id as string) as one_id,
    cast(covers as string) as covers,
    cast(purpose_code as string) as purpose_code,
    cast(exclusion_reason as string) as exclusion_reason,
    cast(refused_at as timestamp) as refused_at
from ranked
where purpose_position = 1
