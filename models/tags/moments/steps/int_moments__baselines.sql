{#-
    Visit days and spend of the last drop_days beside those of the five times as many days
    before. A customer that came later has a shorter baseline: it begins on the day after
    its first visit or order, as the first one is why the customer is known at all.
-#}
{%- set drop_days = var("drop_days") -%}

with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

customer_days as (

    select
        customer_profiles.one_id,
        profile_days.activity_date,
        sum(profile_days.sessions) as sessions,
        sum(profile_days.orders) as orders,
        sum(profile_days.kept_amount) as kept_amount
    from {{ ref("int_behaviour__profile_days") }} as profile_days
    inner join customer_profiles on profile_days.profile_id = customer_profiles.profile_id
    where profile_days.sessions > 0 or profile_days.orders > 0
    group by customer_profiles.one_id, profile_days.activity_date

),

firsts as (

    select
        one_id,
        min(case when sessions > 0 then activity_date end) as first_visit_date,
        min(case when orders > 0 then activity_date end) as first_spend_date
    from customer_days
    group by one_id

),

spans as (

    select
        firsts.*,
        {% for side in ["visit", "spend"] -%}
            case
                when firsts.first_{{ side }}_date is not null
                    then least(
                        {{ days_between("firsts.first_" ~ side ~ "_date", "as_of.as_of_date") }}
                        - {{ drop_days }},
                        {{ 5 * drop_days }}
                    )
            end as {{ side }}_baseline_days,
        {% endfor -%}
        as_of.as_of_date
    from firsts
    cross join as_of

),

days as (

    select
        spans.one_id,
        spans.visit_baseline_days,
        spans.spend_baseline_days,
        {{ days_between("customer_days.activity_date", "spans.as_of_date") }} - {{ drop_days }}
            as baseline_day,
        case when customer_days.sessions > 0 then 1 else 0 end as visits,
        case when customer_days.orders > 0 then 1 else 0 end as purchases,
        case
            when customer_days.orders > 0
                then cast(greatest(customer_days.kept_amount, 0) as double)
            else 0
        end as amount
    from customer_days
    inner join spans on customer_days.one_id = spans.one_id

),

sums as (

    select
        one_id,
        max(visit_baseline_days) as visit_baseline_days,
        max(spend_baseline_days) as spend_baseline_days,
        sum(case when baseline_day < 0 then visits else 0 end) as recent_visit_days,
        sum(case when baseline_day < 0 then purchases else 0 end) as recent_purchase_days,
        sum(case when baseline_day < 0 then amount else 0 end) as recent_spend,
        {% for half, condition in {
            "late": "* 2 < {side}_baseline_days",
            "early": "* 2 >= {side}_baseline_days",
        }.items() -%}
            sum(
                case
                    when
                        baseline_day >= 0
                        and baseline_day < visit_baseline_days
                        and baseline_day {{ condition.replace("{side}", "visit") }}
                        then visits
                    else 0
                end
            ) as {{ half }}_visit_days,
            {% for code, measure in {
                "purchase_days": "purchases", "spend": "amount", "squares": "amount * amount",
            }.items() -%}
                sum(
                    case
                        when
                            baseline_day >= 0
                            and baseline_day < spend_baseline_days
                            and baseline_day {{ condition.replace("{side}", "spend") }}
                            then {{ measure }}
                        else 0
                    end
                ) as {{ half }}_{{ code }},
            {% endfor -%}
        {% endfor -%}
        count(*) as active_days
    from days
    group by one_id

)

select
    cast(one_id as string) as one_id,
    cast(visit_baseline_days as integer) as visit_baseline_days,
    cast(spend_baseline_days as integer) as spend_baseline_days,
    cast(recent_visit_days as bigint) as recent_visit_days,
    cast(early_visit_days as bigint) as early_visit_days,
    cast(late_visit_days as bigint) as late_visit_days,
    cast(recent_purchase_days as bigint) as recent_purchase_days,
    cast(early_purchase_days as bigint) as early_purchase_days,
    cast(late_purchase_days as bigint) as late_purchase_days,
    -- sums of floats depend on the order of the rows in the last digits
    cast(round(recent_spend, 4) as double) as recent_spend,
    cast(round(early_spend, 4) as double) as early_spend,
    cast(round(late_spend, 4) as double) as late_spend,
    -- squares of four decimals have eight
    cast(round(early_squares + late_squares, 8) as double) as squared_spend
from sums
