{#
    An e-mail address in lower case without 'mailto:', or NULL where it cannot be one. Dots
    and +tags of a mailbox stay: whether they matter is the provider's affair.
#}
{% macro normalise_email(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set atom = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+" -%}
    {%- set label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?" -%}
    {%- set top = "(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})" -%}
    {%- set address = atom ~ "(?:\\." ~ atom ~ ")*@(?:" ~ label ~ "\\.)+" ~ top -%}
    {%- set folded = "lower(" ~ squeeze_text(fold_width(value)) ~ ")" -%}
    {%- set found = regex_extract(folded, "^<?(?:mailto:)? ?(" ~ address ~ ")>?$", 1) -%}
    {{- return(
        "case when " ~ regex_full_match(value, address) ~ " and length(" ~ value ~ ") <= 254 then "
        ~ value ~ " when length(" ~ value ~ ") <= 254 then nullif(" ~ found ~ ", '') end"
    ) -}}
{% endmacro %}
