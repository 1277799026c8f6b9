{{ config(group="identity", tags=["intraday"]) }}

-- Nobody is lost on the way from a source profile to a customer.
select profiles.profile_id
from {{ ref("int_identity__profiles") }} as profiles
left join {{ ref("customer_profiles") }} as bridge
    on profiles.profile_id = bridge.profile_id
left join {{ ref("customers") }} as customers
    on bridge.one_id = customers.one_id
where customers.one_id is null
