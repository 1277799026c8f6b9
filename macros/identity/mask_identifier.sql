{# An e-mail address may have lost its domain to a normaliser: nothing is shown then. #}
{% macro mask_identifier(value, identifier_type) -%}
    case {{ identifier_type }}
        when 'phone' then {{ mask_phone(value) }}
        when 'email' then {{ mask_email(value) | indent(8) }}
        else case
            when length({{ value }}) >= 8
                then left({{ value }}, 2) || '****' || right({{ value }}, 2)
            else '****'
        end
    end
{%- endmacro %}

{% macro mask_phone(value) -%}
    left({{ value }}, 3) || '****' || right({{ value }}, 2)
{%- endmacro %}

{# The domain of a provider says nothing of a person; one of her own names her. #}
{% macro mask_email(value) -%}
    case
        when substr({{ value }}, position('@' in {{ value }}) + 1) in ('{{ mail_providers() | join("', '") }}')
            then left({{ value }}, 1) || '***' || substr({{ value }}, position('@' in {{ value }}))
        when position('@' in {{ value }}) > 0 then left({{ value }}, 1) || '***'
        when {{ value }} is not null then '****'
    end
{%- endmacro %}
