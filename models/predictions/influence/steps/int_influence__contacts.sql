{#-
    Who was reached by whom, the first time of each day and kind: who opened, registered or bought
    by what another one had passed on, and who was answered. A reaction (reply, like) reaches nobody
    but shows whom its author heeds.
-#}
with

as_of as (

    select {{ add_days("as_of_date", -var("influence_window_days")) }} as before_window
    from {{ ref("int_behaviour__as_of") }}

),

posts as (

    select * from {{ ref("community_posts") }}
    where not is_deleted

),

people as (

    select one_id from {{ ref("int_predictions__customers") }}

),

contacts as (

    select
        one_id,
        referred_one_id as other_one_id,
        step as contact_type,
        occurred_date as contact_date,
        occurred_at as contacted_at
    from {{ ref("shares") }}
    where step in ('open', 'register', 'order')
    union all
    -- whose post it was is heeded
    select
        parent_one_id as one_id,
        one_id as other_one_id,
        post_type as contact_type,
        posted_date as contact_date,
        posted_at as contacted_at
    from posts
    where post_type in ('reply', 'like')
    union all
    -- who asked is reached by the answer
    select
        one_id,
        parent_one_id as other_one_id,
        'answer' as contact_type,
        posted_date as contact_date,
        posted_at as contacted_at
    from posts
    where post_type = 'reply'

)

select
    cast(contacts.one_id as string) as one_id,
    cast(contacts.other_one_id as string) as other_one_id,
    cast(contacts.contact_type as string) as contact_type,
    cast(count(*) as bigint) as contacts,
    cast(contacts.contact_date as date) as contact_date,
    cast(min(contacts.contacted_at) as timestamp) as contacted_at
from contacts
cross join as_of
inner join people on contacts.one_id = people.one_id
inner join people as others on contacts.other_one_id = others.one_id
where
    contacts.one_id <> contacts.other_one_id
    and contacts.contact_date > as_of.before_window
group by
    contacts.one_id, contacts.other_one_id, contacts.contact_type, contacts.contact_date
