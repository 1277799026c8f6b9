{#- The graph: an edge leads from a customer to whom it heeds; kinds without a weight are none. -#}
with

contacts as (

    select * from {{ ref("int_influence__contacts") }}

),

weights as (

    {% for contact_type, weight in influence_weights().items() -%}
        select
            '{{ contact_type }}' as contact_type,
            {{ weight }} as weight
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    cast(contacts.other_one_id as string) as from_one_id,
    cast(contacts.one_id as string) as to_one_id,
    cast(sum(contacts.contacts) as bigint) as contacts,
    cast(sum(contacts.contacts * weights.weight) as bigint) as weight
from contacts
inner join weights on contacts.contact_type = weights.contact_type
group by contacts.other_one_id, contacts.one_id
