{%- set squeezed = function("squeeze_text") ~ "(value)" -%}
{%- set text = function("unguarded") ~ "(" ~ squeezed ~ ")" -%}
{%- set fraction = regex_extract(text, "^-?\\d\\.?(\\d*)[eE]", 1) -%}
{%- set exponent = regex_extract(text, "[eE]\\+?(\\d+)$", 1) -%}
case
    when {{ function("is_written_float") }}({{ squeezed }})
        then
            coalesce(abs(try_cast({{ text }} as decimal(38, 1))) > 9007199254740992, true)
            or coalesce(length({{ fraction }}) < try_cast({{ exponent }} as int), false)
    else false
end
