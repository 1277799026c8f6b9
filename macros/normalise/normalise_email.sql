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
    {%- set bare = regex_replace_all(
        "lower(" ~ squeeze_text("folded") ~ ")", "^<?(?:mailto:)?\\s*|>$"
    ) -%}
    {{- return(
        "case when " ~ value ~ " is not null then " ~ let(
            fold_width(value), "folded",
            let(bare, "address",
                "case when length(address) <= 254 and "
                ~ regex_full_match("address", address) ~ " then address end")
        ) ~ " end"
    ) -}}
{% endmacro %}
