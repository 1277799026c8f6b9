{%- macro clock() -%}
    cast(current_timestamp as timestamp)
{%- endmacro -%}
