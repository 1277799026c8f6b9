{#
    The text of what lies in a JSON text: steps are names of members and positions in lists, from 0.
    Where the text is a list of keys and values, as in GA4's event_params, the first step is a key,
    and of the value what is filled of string_value, int_value, double_value and float_value; where
    it is another list, the first entry counts. NULL where there is none, or no JSON.
#}
{% macro json_value(document, steps) %}
    {{- return(adapter.dispatch('json_value', 'one360')(document, steps)) -}}
{% endmacro %}

{% macro default__json_value(document, steps) %}
    {%- set path = namespace(text="$") -%}
    {%- for step in steps -%}
        {%- set path.text = path.text ~ ("[" ~ step ~ "]" if step.isdecimal() else '."' ~ step ~ '"') -%}
    {%- endfor -%}
    {%- set members = "json_extract_string(" ~ document ~ ", '" ~ path.text ~ "')" -%}
    {%- if steps[0].isdecimal() -%}
        {{- return("case when json_valid(" ~ document ~ ") then " ~ members ~ " end") -}}
    {%- endif -%}
    {%- set value -%}
        json_extract(list_filter(json_extract({{ document }}, '$[*]'),
            lambda entry: json_extract_string(entry, '$.key') = '{{ steps[0] }}')[1], '$.value')
    {%- endset -%}
    {{- return(
        "case when not json_valid(" ~ document ~ ") then null when " ~ document ~ " like '[%' then "
        ~ "coalesce(json_extract_string(" ~ value ~ ", '$.string_value'), json_extract_string("
        ~ value ~ ", '$.int_value'), json_extract_string(" ~ value ~ ", '$.double_value'), "
        ~ "json_extract_string(" ~ value ~ ", '$.float_value'), case when json_type(" ~ value
        ~ ") <> 'OBJECT' then json_extract_string(" ~ value ~ ", '$') end, json_extract_string("
        ~ document ~ ", '" ~ path.text.replace("$", "$[0]", 1) ~ "')) else " ~ members ~ " end"
    ) -}}
{% endmacro %}

{% macro spark__json_value(document, steps) %}
    {%- set path = namespace(text="$") -%}
    {%- for step in steps -%}
        {%- set path.text = path.text ~ ("[" ~ step ~ "]" if step.isdecimal() else "[''" ~ step ~ "'']") -%}
    {%- endfor -%}
    {%- set members = "get_json_object(" ~ document ~ ", '" ~ path.text ~ "')" -%}
    {%- if steps[0].isdecimal() -%}
        {{- return(members) -}}
    {%- endif -%}
    {%- set value -%}
        get(filter(from_json({{ document }}, 'array<struct<key: string, value: string>>'),
            entry -> entry.key = '{{ steps[0] }}'), 0).value
    {%- endset -%}
    {{- return(
        "case when " ~ document ~ " like '[%' then coalesce(get_json_object(" ~ value
        ~ ", '$.string_value'), get_json_object(" ~ value ~ ", '$.int_value'), get_json_object("
        ~ value ~ ", '$.double_value'), get_json_object(" ~ value ~ ", '$.float_value'), case when "
        ~ value ~ " not like '{%' then " ~ value ~ " end, get_json_object(" ~ document ~ ", '"
        ~ path.text.replace("$", "$[0]", 1) ~ "')) else " ~ members ~ " end"
    ) -}}
{% endmacro %}
