{% macro nes_status(cycles, multiples) %}
    case
        when {{ cycles }}.cycles_since_first_order <= {{ multiples }}.active_multiple then 'N'
        when {{ cycles }}.cycles_since_last_order <= {{ multiples }}.active_multiple then 'E0'
        when {{ cycles }}.cycles_since_last_order <= {{ multiples }}.dozing_multiple then 'S1'
        when {{ cycles }}.cycles_since_last_order <= {{ multiples }}.sleeping_multiple then 'S2'
        else 'S3'
    end
{%- endmacro %}
