case
    {%- for written, plan in phone_plans() if plan.national_prefix %}
        {%- set digits = "length(stripped) - " ~ (plan.calling_code | length + 1) %}
        when
            coded like '{{ written }}%'
            and (
                {{ digits }} in ({{ plan.lengths | join(", ") }})
                or {{ digits }} > {{ plan.lengths | max }}
            )
            then stripped
    {%- endfor %}
    when coded like ' %' then '{{ phone_home().calling_code }}' || coded
    else coded
end
