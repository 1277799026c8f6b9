{%- set few = 20 -%}
{{ config(severity="warn") }}
-- A stranger among the touches is a warning, but where most of a kind are strangers the kind
-- has lost its way to the customers; of a few touches it says nothing.
select
    touches.touch_type,
    count(*) as touches,
    count(customer_profiles.profile_id) as touches_of_customers
from {{ ref("int_behaviour__touches") }} as touches
left join {{ ref("customer_profiles") }} as customer_profiles
    on touches.profile_id = customer_profiles.profile_id
where touches.profile_id is not null
group by touches.touch_type
having count(*) >= {{ few }} and 2 * count(customer_profiles.profile_id) < count(*)
