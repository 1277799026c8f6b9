-- A warning: a touch may name a member, login or openid that no other record knows.
{{ config(severity="warn") }}

select
    touches.touch_id,
    touches.touch_type,
    touches.profile_id
from {{ ref("int_behaviour__touches") }} as touches
left join {{ ref("customer_profiles") }} as customer_profiles
    on touches.profile_id = customer_profiles.profile_id
where touches.profile_id is not null and customer_profiles.profile_id is null
