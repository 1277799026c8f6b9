-- depends_on: {{ ref("int_identity__cannot_link_values") }}
-- depends_on: {{ ref("int_identity__profiles") }}
{{ config(
    materialized="constrained_components",
    cannot_link={
        "model": "int_identity__cannot_link_values",
        "node": "profile_id",
        "token_type": "exclusive_type",
        "token_value": "exclusive_value",
    },
    nodes={"model": "int_identity__profiles", "node": "profile_id"},
    required_tier={"tier": 0, "name": "seeds of decisions: force_link"},
) }}

select
    profile_id as node,
    linked_profile_id as neighbour,
    tier,
    obeys,
    link_key
from {{ ref("int_identity__candidates") }}
