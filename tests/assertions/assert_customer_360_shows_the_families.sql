{{ config(severity="warn") }}
{#-
    Every column of customer_360 says what the table says that it is taken from, customer by
    customer. The list is written by hand: a column that is missing in it fails as well.
-#}
{%- set families = {
    "customers": {
        "source_systems": "source_systems",
        "gender": "gender",
        "province": "province",
        "city": "city",
        "card_level": "card_level",
        "phone_masked": "phone_masked",
        "email_masked": "email_masked",
        "profile_count": "profile_count",
        "is_identified": "is_identified",
        "is_contactable": "is_contactable",
        "birth_date": "birth_date",
        "first_seen_at": "first_seen_at",
        "last_seen_at": "last_seen_at",
        "registered_at": "registered_at",
    },
    "tag_rfm": {
        "rfm_segment_code": "segment_code",
        "rfm_segment_name_en": "segment_name_en",
        "rfm_segment_name_zh": "segment_name_zh",
        "rfm_cell": "rfm_cell",
        "rfm_cluster_segment_code": "cluster_segment_code",
        "recency_days": "recency_days",
        "frequency": "frequency",
        "monetary": "monetary",
    },
    "tag_nes": {
        "nes_status": "nes_status",
        "purchase_cycle_days": "purchase_cycle_days",
        "days_since_last_order": "days_since_last_order",
        "next_order_expected_date": "next_order_expected_date",
    },
    "tag_loyalty": {
        "loyalty_level": "loyalty_level",
        "top_brand": "top_brand",
        "loyalty_score": "loyalty_score",
    },
    "tag_activity": {
        "activity_level": "activity_level",
        "activity_score": "activity_score",
    },
    "tag_member_value": {
        "member_value_tier": "member_value_tier",
        "member_value_score": "member_value_score",
    },
    "tag_lifecycle": {
        "lifecycle_stage": "lifecycle_stage",
        "lifecycle_value_tier": "lifecycle_value_tier",
    },
    "tag_price": {
        "price_sensitivity": "price_sensitivity",
        "spending_power": "spending_power",
        "coupon_threshold": "coupon_threshold",
        "is_price_hunter": "is_price_hunter",
    },
    "tag_preferences": {
        "preferred_category": "preferred_category",
        "preferred_brand": "preferred_brand",
        "preferred_price_band": "preferred_price_band",
        "preferred_store": "preferred_store",
    },
    "tag_interest": {
        "intent_level": "intent_level",
        "top_interest_category": "top_interest_category",
        "is_cart_open": "is_cart_open",
    },
    "tag_channel": {
        "acquisition_channel": "acquisition_channel",
        "preferred_channel": "preferred_channel",
        "preferred_contact_channel": "preferred_contact_channel",
        "reachability": "reachability",
        "is_outreach_fatigued": "is_outreach_fatigued",
    },
    "tag_aarrr": {
        "aarrr_stage": "aarrr_stage",
    },
    "tag_demographics": {
        "age_band": "age_band",
        "usual_store_city": "usual_store_city",
    },
    "tag_moments": {
        "do_not_disturb": "do_not_disturb",
        "next_birthday_date": "next_birthday_date",
    },
    "customer_engagement": {
        "call_satisfaction": "call_satisfaction",
        "last_call_at": "last_call_at",
    },
} -%}
{#- counts are 0 where the customer is not in the table -#}
{%- set counts = [
    "calls_last_90_days",
    "post_count",
    "reply_count",
    "likes_received",
    "share_count",
    "referred_customers",
] -%}
{%- set listed = ["one_id", "is_reseller_suspect", "as_of_date"] + counts -%}
{%- set shown_columns = [] -%}
{%- for family, columns in families.items() -%}
    {%- for shown, column in columns.items() -%}
        {%- do listed.append(shown) -%}
        {%- do shown_columns.append((shown, family ~ "." ~ column)) -%}
    {%- endfor -%}
{%- endfor -%}
with

customer_360 as (

    select * from {{ ref("customer_360") }}

),

-- every customer has one row; each wrong column is named in it
compared as (

    select
        customers.one_id,
        count(customer_360.one_id) over (partition by customers.one_id) as rows_of_customer,
        concat_ws(
            ', ',
            -- no order in the window is no sign
            case
                when
                    customer_360.is_reseller_suspect
                    is distinct from coalesce(tag_rfm.is_reseller_suspect, false)
                    then 'is_reseller_suspect is not tag_rfm.is_reseller_suspect'
            end,
            {% for count in counts -%}
                case
                    when
                        customer_360.{{ count }}
                        is distinct from coalesce(customer_engagement.{{ count }}, 0)
                        then '{{ count }} is not customer_engagement.{{ count }}'
                end,
            {% endfor -%}
            {% for shown, source in shown_columns -%}
                case
                    when customer_360.{{ shown }} is distinct from {{ source }}
                        then '{{ shown }} is not {{ source }}'
                end,
            {% endfor -%}
            case
                when customer_360.as_of_date is distinct from as_of.as_of_date
                    then 'as_of_date is not that of the build'
            end
        ) as wrong_columns
    from {{ ref("customers") }} as customers
    cross join {{ ref("int_behaviour__as_of") }} as as_of
    left join customer_360
        on customers.one_id = customer_360.one_id
    {% for family in families if family != "customers" -%}
        left join {{ ref(family) }} as {{ family }}
            on customers.one_id = {{ family }}.one_id
    {% endfor %}

)

select
    one_id,
    rows_of_customer,
    wrong_columns
from compared
where rows_of_customer <> 1 or wrong_columns <> ''

{% for column in adapter.get_columns_in_relation(ref("customer_360"))
    if column.name not in listed -%}
    union all

    select
        null as one_id,
        0 as rows_of_customer,
        '{{ column.name }} is in no table of this list' as wrong_columns
{% endfor %}
