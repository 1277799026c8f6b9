-- A warning: a touch may name a member, login or openid that no other record knows.
{{ config(severity="warn") }}

select
    touch_id,
    touch_type,
    profile_id
from {{ ref("touches") }}
where profile_id is not null and one_id is null
