with

source as {{ inlined() }} (

    {{ read_source("third_party", "attributes", normalisers={
        "contact_type": "normalise_code",
        "contact_hash": "normalise_code",
        "attribute": "normalise_code",
    }) }}

),

normalised as (

    select
        {{ function("normalise_id") }}(provider_name) as provider_name,
        {{ function("normalise_code") }}(contact_type) as contact_type,
        {{ function("normalise_code") }}(contact_hash) as contact_hash,
        {{ function("normalise_code") }}(attribute) as attribute,
        {{ function("normalise_name") }}(attribute_value) as attribute_value,
        {{ function("parse_date") }}(provided_on) as provided_date,
        {{ function("parse_timestamp_text") }}(loaded_at) as loaded_at,
        id_exceptions,
        is_repeated,
        raw_row
    from source

),

validated as {{ inlined() }} (

    select
        *,
        case
            when
                {{ function("is_unreadable") }}(provided_date, raw_row.provided_on)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when
                provider_name is null
                or contact_type is null
                or contact_hash is null
                or attribute is null
                or provided_date is null
                then 'missing_key'
            -- a hash of another method meets nobody, a bare phone must not lie here
            when
                contact_type not in ('phone', 'email')
                or not {{ regex_full_match("contact_hash", "[0-9a-f]{64}") }}
                then 'unknown_value'
        end as fault
    from normalised

),

{{ deduplicate("third_party", "attributes") }}

select * from deduplicated
