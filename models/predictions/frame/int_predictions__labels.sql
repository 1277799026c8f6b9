{#- Whose the keys of seed customer_labels are: what no customer holds, or several, is nobody's. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

labels as (

    select
        labels.label_code,
        labels.key_type,
        trim(labels.customer_key) as customer_key,
        labels.label_value,
        labels.labelled_by,
        labels.labelled_on,
        coalesce(labels.labelled_on > as_of.as_of_date, false) as is_later
    from {{ ref("customer_labels") }} as labels
    cross join as_of

),

one_ids as (

    select one_id from {{ ref("customers") }}

),

identifier_types as (

    select
        identifier_type,
        normaliser
    from {{ ref("identifier_types") }}

),

written as (

    select
        labels.key_type,
        labels.customer_key,
        {{ normalised_identifier("labels.customer_key") }} as identifier_value
    from labels
    inner join identifier_types on labels.key_type = identifier_types.identifier_type

),

-- keys that systems give count within each system, all others everywhere
namespaces as (

    select '' as namespace
    union
    select source_system as namespace from {{ ref("customer_profiles") }}

),

hashed as (

    select
        written.key_type,
        written.customer_key,
        {{ keyed_hash(
            "written.key_type || '|' || namespaces.namespace || '|' || written.identifier_value"
        ) }} as identifier_hash
    from written
    cross join namespaces

),

held as (

    select
        hashed.key_type,
        hashed.customer_key,
        identifiers.one_id
    from {{ ref("customer_identifiers") }} as identifiers
    inner join hashed on identifiers.identifier_hash = hashed.identifier_hash
    -- who holds it today, and not to whom it was lent
    where
        identifiers.is_current
        and coalesce(identifiers.suspect_reason, '') not in ('lent_card', 'unknown_holder')
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
        case when holders.holders = 1 and not labels.is_later then holders.one_id end as one_id,
        case
            when labels.is_later then 'labelled_later'
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
    cast(labelled_by as string) as labelled_by,
    cast(label_value as integer) as label_value,
    cast(labelled_on as date) as labelled_on
from judged
