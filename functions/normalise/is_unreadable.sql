{%- set text = function("without_placeholder") ~ "(" ~ function("squeeze_text") ~ "(raw))" -%}
value is null and {{ text }} is not null
