{#-
    Whether consents to messages are recorded at all. Who unsubscribes or objects says so in any
    retailer's data; it does not make the silence of all others a missing consent.
-#}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

purposes as (

    select * from {{ ref("processing_purposes") }}
    where covers = 'messages'

),

consents as (

    select
        consents.purpose,
        consents.changed_at
    from {{ ref("input_consents") }} as consents
    inner join purposes on consents.purpose = purposes.purpose_code
    cross join as_of
    where consents.changed_at <= as_of.as_of_at

)

select cast(count(*) > 0 as boolean) as is_recorded
from consents
