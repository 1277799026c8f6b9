{#- Columns that others know of a person too, and that together may single her out. -#}
{%- set quasi_identifiers = {
    "place": ["province", "city"],
    "person_and_place": ["gender", "age_band", "province", "city"],
    "birth_month_and_place": ["birth_month", "province", "city"],
    "everything": [
        "gender", "age_band", "birth_month", "next_birthday_date", "province", "city",
    ],
} -%}

with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

demographics as (

    select * from {{ ref("tag_demographics") }}

),

moments as (

    select
        one_id,
        next_birthday_date
    from {{ ref("tag_moments") }}

),

customers as (

    select
        demographics.one_id,
        demographics.gender,
        demographics.age_band,
        demographics.birth_month,
        demographics.province,
        demographics.city,
        moments.next_birthday_date
    from demographics
    left join moments on demographics.one_id = moments.one_id

),

-- of whom nothing is known nobody can be singled out
classes as (

    {% for code, columns in quasi_identifiers.items() -%}
        {%- set shown = [] -%}
        {%- for column in columns -%}
            {%- do shown.append("cast(" ~ column ~ " as string)") -%}
        {%- endfor -%}
        select
            '{{ code }}' as set_code,
            count(*) as customers
        from customers
        where coalesce({{ shown | join(", ") }}) is not null
        group by {{ columns | join(", ") }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

sets as (

    {% for code, columns in quasi_identifiers.items() -%}
        select
            '{{ code }}' as set_code,
            '{{ columns | join(" ") }}' as column_names
        {{ "union all" if not loop.last }}
    {% endfor %}

),

counted as (

    select
        set_code,
        sum(customers) as customers,
        count(*) as classes,
        min(customers) as smallest_class,
        sum(case when customers = 1 then 1 else 0 end) as unique_customers,
        sum(
            case when customers < {{ var("disclosure_min_customers") }} then customers else 0 end
        ) as disclosed_customers
    from classes
    group by set_code

),

disclosure_risk as (

    select
        sets.*,
        as_of.as_of_date,
        coalesce(counted.customers, 0) as customers,
        coalesce(counted.classes, 0) as classes,
        counted.smallest_class,
        coalesce(counted.unique_customers, 0) as unique_customers,
        coalesce(counted.disclosed_customers, 0) as disclosed_customers,
        cast(counted.disclosed_customers as double) / counted.customers as disclosed_share
    from sets
    cross join as_of
    left join counted on sets.set_code = counted.set_code

)

select
    cast(set_code as string) as set_code,
    cast(column_names as string) as column_names,
    cast(customers as bigint) as customers,
    cast(classes as bigint) as classes,
    cast(smallest_class as bigint) as smallest_class,
    cast(unique_customers as bigint) as unique_customers,
    cast(disclosed_customers as bigint) as disclosed_customers,
    cast({{ var("disclosure_min_customers") }} as bigint) as min_customers,
    cast(disclosed_share as double) as disclosed_share,
    cast({{ var("disclosure_max_share") }} as double) as max_share,
    cast(
        coalesce(disclosed_share <= cast({{ var("disclosure_max_share") }} as double), true)
        as boolean
    ) as is_within,
    cast(as_of_date as date) as as_of_date
from disclosure_risk
