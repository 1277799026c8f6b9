case
    when coded is null then null
    {%- for written, plan in phone_plans() if plan.national_prefix %}
        {%- set number = "substr(coded, " ~ (written | length + 1) ~ ")" %}
        when coded like '{{ written }}%'
            then '{{ plan.calling_code }} ' || {{ phone_without_prefix(number, plan) | indent(12) }}
    {%- endfor %}
end
