{#- A view: when customers merge or split only the identity chain changes. -#}
with

consents as (

    select * from {{ ref("int_identity__purpose_consents") }}

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(purpose_code as string) as purpose_code,
    cast(consent_state as string) as consent_state,
    cast(legal_basis as string) as legal_basis,
    cast(source_system as string) as source_system,
    cast(capture_source as string) as capture_source,
    cast(is_granted as boolean) as is_granted,
    cast(first_granted_at as timestamp) as first_granted_at,
    cast(changed_at as timestamp) as changed_at
from consents
