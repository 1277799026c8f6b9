{%- set plan = phone_rules().regions[var("default_region")] -%}
{%- set code = plan.calling_code -%}
{%- set own = "substr(dialled, " ~ (code | length + 1) ~ ")" -%}
{%- set own_number = phone_without_prefix(own, plan) -%}
{%- set with_code = function("phone_with_code") -%}
{%- set prefix = "^(?:" ~ plan.international_prefix ~ ")" -%}
{%- set rest = regex_replace_all("dialled", prefix) -%}
{%- set dialled_at_home = phone_without_prefix("dialled", plan) -%}
{%- set after_plus = "substr(dialled, 2)" -%}
{%- set rest_after_plus = regex_replace_all(after_plus, prefix) -%}
case
    when dialled is null then null
    when dialled like '+%'
        then case
            when length(dialled) <= 3 then null
            when {{ with_code }}({{ after_plus }}) is not null
                then {{ with_code }}({{ after_plus }})
            when {{ regex_matches(after_plus, prefix) }} and length({{ rest_after_plus }}) > 2
                then {{ with_code }}({{ rest_after_plus }})
        end
    when {{ regex_matches("dialled", prefix) }} and {{ rest }} not like '0%'
        then case when length({{ rest }}) > 2 then {{ with_code }}({{ rest }}) end
    when
        dialled like '{{ code }}%'
        and (
            length(dialled) > {{ plan.lengths | max }}
            or (
                not {{ regex_full_match("dialled", plan.general) }}
                and {{ regex_full_match(own_number, plan.general) }}
            )
        )
        then '{{ code }} ' || {{ own_number }}
    when
        {{ regex_full_match("dialled", phone_coded_numbers()) }}
        and not {{ regex_full_match(dialled_at_home, phone_valid_under(code)) }}
        then {{ with_code }}(dialled)
    else ' ' || dialled
end
