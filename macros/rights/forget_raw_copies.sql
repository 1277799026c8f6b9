{#
    After a run: copies of raw files in another encoding hold the rows of erased people, and those
    past their limit, as they were delivered, so where there are any no copy stays.
#}
{% macro forget_raw_copies() %}
    {%- if execute -%}
        {% if has_erasures() or retention_limits() %}{% do run_query("select one360_forget_copies('')") %}{% endif %}
    {%- endif -%}
{% endmacro %}
