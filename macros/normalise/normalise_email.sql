{#
    An e-mail address in lower case without 'mailto:', or NULL where it cannot be one. Dots
    and +tags of a mailbox stay: whether they matter is the provider's affair. A letter that
    only becomes a Latin one by folding (the Kelvin sign, the dotted capital İ) is a
    stranger's look-alike of somebody's address: such a text is no address.
#}
{% macro normalise_email(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set atom = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+" -%}
    {%- set label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?" -%}
    {%- set top = "(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})" -%}
    {%- set address = atom ~ "(?:\\." ~ atom ~ ")*@(?:" ~ label ~ "\\.)+" ~ top -%}
    {%- set folded = "lower(" ~ squeeze_text(fold_width(value)) ~ ")" -%}
    {%- set foreign = "[^\\x{0}-\\x{7f}\\x{ff01}-\\x{ff5e}\\p{Z}\\p{Cc}\\p{Cf}]" -%}
    {%- set found = regex_extract(folded, "^<?(?:mailto:)? ?(" ~ address ~ ")>?$", 1) -%}
    {{- return(
        "case when " ~ regex_full_match(value, address) ~ " and length(" ~ value ~ ") <= 254 then "
        ~ value ~ " when length(" ~ value ~ ") <= 254 and not " ~ regex_matches(value, foreign)
        ~ " then nullif(" ~ found ~ ", '') end"
    ) -}}
{% endmacro %}
