{#
    True for a row of seed rule_tags that fits, over the columns that
    int_registry__rule_conditions has found for it; any other row ends the build with one line
    that names its number in the file and what its columns allow.
#}
{% macro rule_condition_check() %}
    {%- set row = "'seed rule_tags, row ' || cast(file_row as string) || ': " -%}
    {%- set text_operators = rule_operators("text") | join(", ") -%}
    {%- set ordered_operators = rule_operators("number") | join(", ") -%}
    case
        when tag_code is null or tag_model is null or tag_model <> 'rule_tags'
            then {{ stop_build(
                row ~ "tag_code ' || coalesce(tag_code, '(empty)') || ' is no tag with model_name "
                ~ "rule_tags in seed tag_catalogue; allowed are: ' || coalesce(allowed_tags, '')"
            ) }}
        when layer is null or layer < 1
            then {{ stop_build(
                row ~ "position ' || coalesce(layer_text, '(empty)') || ' is no layer; "
                ~ "allowed is a whole number from 1'"
            ) }}
        when
            tag_value is null
            or coalesce(instr(', ' || own_values || ',', ', ' || tag_value || ','), 0) = 0
            then {{ stop_build(
                row ~ "tag_value ' || coalesce(tag_value, '(empty)') || ' is no value of ' || tag_code "
                ~ "|| ' in seed tag_values; allowed are: ' || coalesce(own_values, '')"
            ) }}
        when first_value <> last_value
            then {{ stop_build(
                row ~ "layer ' || layer_text || ' of ' || tag_code || ' gives ' || first_value || ' and ' "
                ~ "|| last_value || '; allowed is one tag_value for each position'"
            ) }}
        when input_tag is null and (operator is not null or operand is not null)
            then {{ stop_build(
                row ~ "input_tag is missing; allowed are: ' || coalesce(allowed_inputs, '')"
            ) }}
        when input_tag is null and layer_conditions > 1
            then {{ stop_build(
                row ~ "layer ' || layer_text || ' of ' || tag_code || ' has a row without "
                ~ "condition beside others; allowed is such a row alone, as the last layer'"
            ) }}
        when input_tag is null and layer < last_layer
            then {{ stop_build(
                row ~ "layer ' || layer_text || ' of ' || tag_code || ' has no condition, so that no later "
                ~ "layer is reached; allowed is that as the last layer only'"
            ) }}
        when input_tag is null
            then true
        when input_model = 'rule_tags'
            then {{ stop_build(
                row ~ "input_tag ' || input_tag || ' is a rule tag itself; allowed are: ' || allowed_inputs"
            ) }}
        when input_model is null or input_status <> 'live'
            then {{ stop_build(
                row ~ "input_tag ' || input_tag || ' is no live tag; allowed are: ' "
                ~ "|| coalesce(allowed_inputs, '')"
            ) }}
        when operator is null or operator not in ('{{ rule_operators() | join("', '") }}')
            then {{ stop_build(
                row ~ "operator ' || coalesce(operator, '(empty)') || ' is unknown; allowed are: ' "
                ~ "|| case when comparison = 'text' then '" ~ text_operators ~ "' else '"
                ~ ordered_operators ~ "' end"
            ) }}
        when
            comparison = 'text'
            and operator not in ('{{ rule_operators("text") | join("', '") }}')
            then {{ stop_build(
                row ~ "operator ' || operator || ' does not fit ' || input_tag || ', ' || input_kind "
                ~ "|| '; allowed are: " ~ text_operators ~ "'"
            ) }}
        when
            comparison <> 'text'
            and operator not in ('{{ rule_operators("number") | join("', '") }}')
            then {{ stop_build(
                row ~ "operator ' || operator || ' does not fit ' || input_tag || ', ' || input_kind "
                ~ "|| '; allowed are: " ~ ordered_operators ~ "'"
            ) }}
        when operator in ('is_missing', 'is_present') and operand is not null
            then {{ stop_build(row ~ "operator ' || operator || ' takes no operand; leave it empty'") }}
        when operator in ('is_missing', 'is_present')
            then true
        when operand is null
            then {{ stop_build(
                row ~ "operand is missing; allowed is ' || case comparison "
                ~ "when 'number' then 'a number' when 'date' then 'a date as 2026-01-31' "
                ~ "else coalesce('one of: ' || input_values, 'a text') end"
            ) }}
        when
            comparison = 'number'
            and (
                try_cast(operand_from as double) is null
                or operator = 'between' and try_cast(operand_to as double) is null
            )
            then {{ stop_build(
                row ~ "operand ' || operand || ' is no number, and ' || input_tag || ' is ' "
                ~ "|| input_kind || '; allowed is a number as 12.5' "
                ~ "|| case operator when 'between' then ', twice: 10..20' else '' end"
            ) }}
        when
            comparison = 'date'
            and (
                try_cast(operand_from as date) is null
                or operator = 'between' and try_cast(operand_to as date) is null
            )
            then {{ stop_build(
                row ~ "operand ' || operand || ' is no date, and ' || input_tag || ' is a date; "
                ~ "allowed is a date as 2026-01-31' "
                ~ "|| case operator when 'between' then ', twice: 2026-01-01..2026-01-31' else '' end"
            ) }}
        when
            operator = 'between'
            and (
                comparison = 'number'
                and cast(operand_from as double) > cast(operand_to as double)
                or comparison = 'date' and cast(operand_from as date) > cast(operand_to as date)
            )
            then {{ stop_build(
                row ~ "operand ' || operand || ' begins above its end; allowed is from..to'"
            ) }}
        when operand_list like '%||%'
            then {{ stop_build(
                row ~ "the list ' || operand || ' has an empty entry; allowed is a|b|c'"
            ) }}
        when unknown_item is not null
            then {{ stop_build(
                row ~ "operand ' || unknown_item || ' is no value of ' || input_tag || '; allowed are: ' "
                ~ "|| input_values"
            ) }}
        when
            input_type in ('code', 'flag') and operator in ('=', '<>')
            and coalesce(instr(', ' || input_values || ',', ', ' || operand || ','), 0) = 0
            then {{ stop_build(
                row ~ "operand ' || operand || ' is no value of ' || input_tag || '; allowed are: ' "
                ~ "|| input_values"
            ) }}
        when equal_conditions > 1
            then {{ stop_build(
                row ~ "the condition stands twice in layer ' || layer_text || ' of ' || tag_code "
                ~ "|| '; allowed is each once'"
            ) }}
        else true
    end
{% endmacro %}
