{#-
    How many of the contacts that reached a customer were followed by an order of it, and how many
    would be if it bought as often as it always does.
-#}
{%- set days = var("influence_days") -%}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

contacts as (

    select
        one_id,
        other_one_id,
        contact_date,
        min(contacted_at) as contacted_at,
        {{ add_seconds("min(contacted_at)", days * 86400) }} as until_at
    from {{ ref("int_influence__contacts") }}
    where contact_type in ('open', 'register', 'answer')
    group by one_id, other_one_id, contact_date

),

orders as (

    select
        one_id,
        ordered_at,
        ordered_date
    from {{ ref("orders") }}
    where one_id is not null and not is_return and not is_cancelled

),

-- orders a day since the first one; of a customer that never ordered nothing is expected
rates as (

    select
        orders.one_id,
        count(*) / cast(
            max({{ days_between("orders.ordered_date", "as_of.as_of_date") }}) + 1 as double
        ) as daily_orders
    from orders
    cross join as_of
    group by orders.one_id

),

followed as (

    select
        contacts.one_id,
        contacts.other_one_id,
        contacts.contact_date,
        max(
            case
                when
                    orders.ordered_at > contacts.contacted_at
                    and orders.ordered_at <= contacts.until_at
                    then 1
                else 0
            end
        ) as is_followed
    from contacts
    left join orders
        on
            contacts.other_one_id = orders.one_id
            and orders.ordered_date >= {{ add_days("contacts.contact_date", -1) }}
            and orders.ordered_date <= {{ add_days("contacts.contact_date", days + 1) }}
    group by contacts.one_id, contacts.other_one_id, contacts.contact_date

),

expected as (

    select
        followed.*,
        1 - exp(-coalesce(rates.daily_orders, 0) * {{ days }}) as chance
    from followed
    left join rates on followed.other_one_id = rates.one_id

)

select
    cast(one_id as string) as one_id,
    cast(count(*) as bigint) as reached_contacts,
    cast(sum(is_followed) as bigint) as followed_contacts,
    cast(count(distinct case when is_followed = 1 then other_one_id end) as bigint)
        as moved_customers,
    -- the order in which doubles are added differs from run to run
    cast(round(sum(chance), 12) as double) as expected_contacts,
    cast(round(sqrt(sum(chance * (1 - chance))), 12) as double) as expected_deviation
from expected
group by one_id
