{%- set text = "lower(trim(cast(value as string)))" -%}
case
    when {{ text }} in ('true', 't', 'yes', 'y', '1', 'on', '是') then true
    when {{ text }} in ('false', 'f', 'no', 'n', '0', 'off', '否') then false
end
