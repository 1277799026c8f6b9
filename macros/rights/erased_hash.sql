{#
    Keyed like keyed_hash, by the key in the table erasure_key, which the SQL reads beside it: a
    persistent view of Spark cannot read a session variable.
#}
{% macro erased_hash(expression) %}
    {{- return("substr(" ~ sha256_hex("erasure_key.hash_key || '|' || " ~ expression) ~ ", 1, 32)") -}}
{% endmacro %}
