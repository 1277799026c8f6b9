{#- Identifiers but for lent cards; on a later run those of the changed values alone. -#}
{% macro counted_identifiers() %}
    select identifiers.*
    from {{ ref("int_identity__identifiers") }} as identifiers
    left join {{ ref("int_identity__lent_cards") }} as lent_cards
        on
            identifiers.profile_id = lent_cards.profile_id
            and identifiers.identifier_hash = lent_cards.identifier_hash
    where
        lent_cards.profile_id is null
    {{ change_log.only_changed("and", ["identifiers.identifier_hash"]) }}
{%- endmacro %}
