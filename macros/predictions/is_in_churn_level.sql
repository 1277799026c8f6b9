{#- Each level ends before the next one begins; the last one has its end. -#}
{% macro is_in_churn_level(probability, levels) -%}
    {{ probability }} >= {{ levels }}.low
    and ({{ probability }} < {{ levels }}.high or {{ levels }}.level_position = 4)
{%- endmacro %}
