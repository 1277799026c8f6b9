{#- What each customer last said about each channel of messages. -#}
with

consents as (

    select * from {{ ref("int_identity__purpose_consents") }}
    where covers = 'messages'

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(basis as string) as basis,
    cast(is_granted as boolean) as is_granted,
    cast(first_granted_at as timestamp) as first_granted_at,
    cast(changed_at as timestamp) as changed_at
from consents
