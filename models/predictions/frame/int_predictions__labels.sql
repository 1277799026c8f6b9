{#- Whose the keys of seed customer_labels are: what no customer holds, or several, is nobody's. -#}
with

labels as (

    select
        label_code,
        key_type,
        trim(customer_key) as customer_key,
        label_value
    from {{ ref("customer_labels") }}

),

one_ids as (

    select one_id from {{ ref("customers") }}

),

-- keys that systems give count within each system, all others everywhere
namespaces as (

    select '' as namespace
    union
    select source_system as namespace from {{ ref("customer_profiles") }}

),

hashed as (

    select
        labels.key_type,
        labels.customer_key,
        {{ keyed_hash(
            "labels.key_type || '|' || namespaces.namespace || '|' || labels.customer_key"
        ) }} as identifier_hash
    from labels
    cross join namespaces

),

held as (

    select
        hashed.key_type,
        hashed.customer_key,
        identifiers.one_id
    from {{ ref("customer_identifiers") }} as identifiers
    inner join hashed on identifiers.identifier_hash = hashed.identifier_hash
    union all
    select
        'one_id' as key_type,
        one_id as customer_key,
        one_id
    from one_ids

),

holders as (

    select
        key_type,
        customer_key,
        count(distinct one_id) as holders,
        min(one_id) as one_id
    from held
    group by key_type, customer_key

),

met as (

    select
        labels.*,
        case when holders.holders = 1 then holders.one_id end as one_id,
        case
            when holders.holders is null then 'unknown_customer'
            when holders.holders > 1 then 'shared_by_customers'
        end as reason
    from labels
    left join holders
        on
            labels.key_type = holders.key_type
            and labels.customer_key = holders.customer_key

),

-- two keys of one customer may contradict each other
judged as (

    select
        *,
        min(label_value) over (partition by label_code, one_id)
        <> max(label_value) over (partition by label_code, one_id) as is_contradicted
    from met

)

select
    cast(label_code as string) as label_code,
    cast(key_type as string) as key_type,
    cast(customer_key as string) as customer_key,
    cast(case when not is_contradicted or one_id is null then one_id end as string) as one_id,
    cast(
        case
            when reason is not null then reason
            when is_contradicted then 'contradicted'
        end as string
    ) as reason,
    cast(label_value as integer) as label_value
from judged
