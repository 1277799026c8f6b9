{#-
    Identifiers but for lent cards, with the holder of a value that changed hands; holder_key tells
    the holders of one value apart. On a later run those of the changed values alone.
-#}
{% macro counted_identifiers() %}
    select
        identifiers.*,
        coalesce(holder_periods.holder_number, 1) as holder_number,
        identifiers.identifier_hash || case
            when holder_periods.holder_number > 1
                then '|' || cast(holder_periods.holder_number as string)
            else ''
        end as holder_key
    from {{ ref("int_identity__identifiers") }} as identifiers
    left join {{ ref("int_identity__lent_cards") }} as lent_cards
        on
            identifiers.profile_id = lent_cards.profile_id
            and identifiers.identifier_hash = lent_cards.identifier_hash
    left join {{ ref("int_identity__holder_periods") }} as holder_periods
        on
            identifiers.profile_id = holder_periods.profile_id
            and identifiers.identifier_hash = holder_periods.identifier_hash
    where
        lent_cards.profile_id is null
        and coalesce(holder_periods.is_holder, true)
    {{ change_log.only_changed("and", ["identifiers.identifier_hash"]) }}
{%- endmacro %}
