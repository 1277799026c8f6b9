{# Both are columns of rows, so that an operand is never part of a statement. #}
{% macro meets_condition(tag, condition) %}
    case
        when {{ condition }}.operator = 'is_present' then true
        when {{ condition }}.comparison = 'text'
            then
                case {{ condition }}.operator
                    when '=' then {{ tag }}.tag_value = {{ condition }}.operand
                    when '<>' then {{ tag }}.tag_value <> {{ condition }}.operand
                    when 'in' then {{ is_listed(tag, condition) }}
                    when 'not_in' then not {{ is_listed(tag, condition) }}
                    when 'contains' then instr({{ tag }}.tag_value, {{ condition }}.operand) > 0
                    when 'starts_with' then instr({{ tag }}.tag_value, {{ condition }}.operand) = 1
                end
        when {{ condition }}.comparison = 'number'
            then
                {{ compares("try_cast(" ~ tag ~ ".tag_value as double)", condition, "number") }}
        when {{ condition }}.comparison = 'date'
            then
                {{ compares("try_cast(" ~ tag ~ ".tag_value as date)", condition, "date") }}
        else false
    end
{% endmacro %}

{# Whether a text is in a list |a|b|; one that holds a bar itself is in none. #}
{% macro is_listed(tag, condition) %}
    (
        instr({{ condition }}.operand_list, '|' || {{ tag }}.tag_value || '|') > 0
        and instr({{ tag }}.tag_value, '|') = 0
    )
{%- endmacro %}

{# Comparisons of numbers and of dates. #}
{% macro compares(value, condition, kind) %}
    case {{ condition }}.operator
        when '=' then {{ value }} = {{ condition }}.{{ kind }}_from
        when '<>' then {{ value }} <> {{ condition }}.{{ kind }}_from
        when '>' then {{ value }} > {{ condition }}.{{ kind }}_from
        when '>=' then {{ value }} >= {{ condition }}.{{ kind }}_from
        when '<' then {{ value }} < {{ condition }}.{{ kind }}_from
        when '<=' then {{ value }} <= {{ condition }}.{{ kind }}_from
        when 'between'
            then {{ value }} between {{ condition }}.{{ kind }}_from and {{ condition }}.{{ kind }}_to
    end
{%- endmacro %}
