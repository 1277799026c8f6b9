{%- set measures = [
    "profiles_per_customer", "names_per_customer", "birth_dates_per_customer",
    "exclusive_values_per_customer", "weak_links_of_customer",
] -%}

with

customer_measures as (

    select * from {{ ref("int_identity__customer_measures") }}

),

norms as (

    select * from {{ ref("identity_norms") }}

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

refusals as (

    select * from {{ ref("int_identity__refusals") }}

),

pairs as (

    select * from {{ ref("int_identity__probabilistic_pairs") }}
    where decision = 'review'

),

decisions as (

    select * from {{ ref("int_identity__decisions") }}

),

-- what decisions release of a record that carries it
carried as (

    select distinct
        identifiers.profile_id,
        identifiers.identifier_hash
    from {{ ref("int_identity__identifiers") }} as identifiers
    inner join decisions
        on
            identifiers.profile_id = decisions.profile_id
            and identifiers.identifier_hash = decisions.identifier_hash

),

measured_customers as (

    {% for measure in measures -%}
        select
            one_id,
            '{{ measure }}' as measure_code,
            {{ measure }} as measured
        from customer_measures
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

customers as (

    select
        measured_customers.measure_code,
        measured_customers.one_id,
        cast(null as string) as other_one_id,
        cast(null as string) as profile_id,
        cast(null as string) as other_profile_id,
        cast(null as string) as rule,
        cast(null as string) as identifier_hash,
        cast(null as string) as value_masked,
        cast(null as string) as other_value_masked,
        cast(null as string) as details,
        cast(null as string) as contributions,
        cast(null as double) as match_weight,
        measured_customers.measured
    from measured_customers
    inner join norms on measured_customers.measure_code = norms.measure_code
    where
        measured_customers.measured < norms.normal_from
        or measured_customers.measured > norms.normal_to

),

-- what other links joined all the same needs no second look
refused_links as (

    select
        'refused_link' as measure_code,
        one_ids.one_id,
        others.one_id as other_one_id,
        refusals.profile_id,
        refusals.linked_profile_id as other_profile_id,
        refusals.rule,
        refusals.identifier_hash,
        refusals.held_masked as value_masked,
        refusals.other_masked as other_value_masked,
        refusals.refusal_reason as details,
        cast(null as string) as contributions,
        cast(null as double) as match_weight,
        1 as measured
    from refusals
    inner join one_ids on refusals.profile_id = one_ids.profile_id
    inner join one_ids as others
        on refusals.linked_profile_id = others.profile_id and one_ids.one_id <> others.one_id

),

grey_band_pairs as (

    select
        'grey_band_pair' as measure_code,
        one_ids.one_id,
        others.one_id as other_one_id,
        pairs.profile_id,
        pairs.linked_profile_id as other_profile_id,
        pairs.rule,
        cast(null as string) as identifier_hash,
        cast(null as string) as value_masked,
        cast(null as string) as other_value_masked,
        pairs.reason as details,
        pairs.contributions,
        pairs.match_weight,
        pairs.match_probability as measured
    from pairs
    inner join one_ids on pairs.profile_id = one_ids.profile_id
    inner join one_ids as others
        on pairs.linked_profile_id = others.profile_id and one_ids.one_id <> others.one_id

),

-- a cap that bound; the row names the customer of the cluster's first record
over_caps as (

    select
        'values_over_cap' as measure_code,
        min_by(one_ids.one_id, {{ record_key("profiles") }}) as one_id,
        cast(null as string) as other_one_id,
        min_by(one_ids.profile_id, {{ record_key("profiles") }}) as profile_id,
        cast(null as string) as other_profile_id,
        caps.identifier_type as rule,
        cast(null as string) as identifier_hash,
        cast(null as string) as value_masked,
        cast(null as string) as other_value_masked,
        caps.cap || ' is ' || cast(caps.max_values as string) as details,
        cast(null as string) as contributions,
        cast(null as double) as match_weight,
        caps.value_count as measured
    from {{ ref("int_identity__over_caps") }} as caps
    inner join {{ ref("int_identity__clusters") }} as clusters
        on caps.component = clusters.component
    inner join {{ ref("int_identity__profiles") }} as profiles
        on clusters.node = profiles.profile_id
    inner join one_ids on profiles.profile_id = one_ids.profile_id
    group by
        caps.component, caps.identifier_type, caps.cap, caps.max_values, caps.value_count

),

-- of two reasons given for one decision either does
unknown_decisions as (

    select distinct
        'unknown_decision' as measure_code,
        one_ids.one_id,
        others.one_id as other_one_id,
        decisions.profile_id,
        decisions.other_profile_id,
        decisions.decision as rule,
        decisions.identifier_hash,
        cast(null as string) as value_masked,
        cast(null as string) as other_value_masked,
        'seed ' || decisions.decision || ' of ' || cast(decisions.decided_at as string)
        || ' by ' || decisions.decided_by
        || case
            when decisions.decision = 'unbind' and one_ids.profile_id is not null
                then ' names a value that the record does not carry'
            else ' names a record that is not there: ' || case
                when one_ids.profile_id is null then decisions.profile_id
                else decisions.other_profile_id
            end
        end as details,
        cast(null as string) as contributions,
        cast(null as double) as match_weight,
        case when one_ids.profile_id is null then 1 else 0 end
        + case
            when decisions.other_profile_id is not null and others.profile_id is null then 1
            when
                decisions.decision = 'unbind'
                and one_ids.profile_id is not null
                and carried.profile_id is null
                then 1
            else 0
        end as measured
    from decisions
    left join one_ids on decisions.profile_id = one_ids.profile_id
    left join one_ids as others on decisions.other_profile_id = others.profile_id
    left join carried
        on
            decisions.profile_id = carried.profile_id
            and decisions.identifier_hash = carried.identifier_hash
    where
        one_ids.profile_id is null
        or (decisions.decision = 'unbind' and carried.profile_id is null)
        or (decisions.other_profile_id is not null and others.profile_id is null)

),

unioned as (

    select * from customers
    union all
    select * from refused_links
    union all
    select * from over_caps
    union all
    select * from grey_band_pairs
    union all
    select * from unknown_decisions

),

identity_review as (

    select
        unioned.*,
        {{ keyed_hash(
            "unioned.measure_code || '|' || coalesce(unioned.profile_id, unioned.one_id) || '|' || "
            ~ "coalesce(unioned.other_profile_id, '') || '|' || coalesce(unioned.rule, '') || '|' || "
            ~ "coalesce(unioned.identifier_hash, '') || '|' || coalesce(unioned.details, '')"
        ) }} as review_id,
        norms.name_en,
        norms.name_zh,
        norms.reason,
        norms.normal_from,
        norms.normal_to
    from unioned
    inner join norms on unioned.measure_code = norms.measure_code

)

select
    cast(review_id as string) as review_id,
    cast(one_id as string) as one_id,
    cast(other_one_id as string) as other_one_id,
    cast(measure_code as string) as measure_code,
    cast(name_en as string) as name_en,
    cast(name_zh as string) as name_zh,
    cast(reason as string) as reason,
    cast(profile_id as string) as profile_id,
    cast(other_profile_id as string) as other_profile_id,
    cast(rule as string) as rule,
    cast(identifier_hash as string) as identifier_hash,
    cast(value_masked as string) as value_masked,
    cast(other_value_masked as string) as other_value_masked,
    cast(details as string) as details,
    cast(contributions as string) as contributions,
    cast(match_weight as double) as match_weight,
    cast(measured as double) as measured,
    cast(normal_from as double) as normal_from,
    cast(normal_to as double) as normal_to
from identity_review
