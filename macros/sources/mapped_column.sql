{#
    A standard column of events as text, by what seed event_columns says it is read from; none where
    the part has nothing of it. The column of the standard name is the last alternative.

    Times may be seconds, milliseconds or microseconds since 1970; of a URL in page_path the path is
    taken.
#}
{% macro mapped_column(column, read_from, part) %}
    {%- set alternatives = [] -%}
    {%- for alternative in read_from.split(" | ") + [column.name] -%}
        {%- set names, _, divisor = alternative.partition(" / ") -%}
        {%- set values = [] -%}
        {%- for name in names.split(" + ") -%}
            {%- set value = mapped_value(name, part) -%}
            {%- do values.append(value) if value is not none -%}
        {%- endfor -%}
        {%- if values | length == names.split(" + ") | length -%}
            {%- set joined = values[0] if values | length == 1 else joined_texts(values) -%}
            {%- if divisor -%}
                {%- set joined -%}
                    cast(cast(try_cast({{ joined }} as double) / {{ divisor }} as decimal(18, 4)) as string)
                {%- endset -%}
            {%- endif -%}
            {%- do alternatives.append("nullif(trim(" ~ joined ~ "), '')") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not alternatives -%}
        {{- return(none) -}}
    {%- endif -%}
    {%- set text = "coalesce(" ~ (alternatives + ["cast(null as string)"]) | join(", ") ~ ")" -%}
    {%- if column.type == "timestamp" -%}
        {{- return(epoch_as_text(text)) -}}
    {%- elif column.name == "page_path" -%}
        {{- return(regex_replace_all(text, "^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")) -}}
    {%- endif -%}
    {{- return(text) -}}
{% endmacro %}

{# Several texts as one with dashes between; NULL where all are missing. #}
{% macro joined_texts(values) %}
    {%- set filled = [] -%}
    {%- for value in values -%}
        {%- do filled.append("coalesce(" ~ value ~ ", '')") -%}
    {%- endfor -%}
    {{- return(
        "case when coalesce(" ~ values | join(", ") ~ ") is not null then "
        ~ filled | join(" || '-' || ") ~ " end"
    ) -}}
{% endmacro %}

{#
    The text of a column of a part, or of what is in it: context.page.url is the column of this
    name, or url of page of the JSON in column context. Where a * stands for several columns the
    first that is filled counts, by their names. A text within quotes is itself. None where there is
    none of them.
#}
{% macro mapped_value(name, part) %}
    {%- if name.startswith("'") -%}
        {{- return(name) -}}
    {%- endif -%}
    {%- set values = [] -%}
    {%- for found in mapped_places(name, part) -%}
        {%- set document = adapter.dispatch("raw_text", "one360")(found.column, part) -%}
        {%- do values.append(json_value(document, found.steps) if found.steps else document) -%}
    {%- endfor -%}
    {%- if values | length > 1 -%}
        {{- return("coalesce(nullif(trim(" ~ values | join("), ''), nullif(trim(") ~ "), ''))") -}}
    {%- endif -%}
    {{- return(values[0] if values else none) -}}
{% endmacro %}

{#
    The columns whose name a name is or begins with (a * is any end: a column per version of a
    schema, say), each with the steps that remain.
#}
{% macro mapped_places(name, part) %}
    {%- set actual = lower_keys(part.columns) -%}
    {%- set steps = name.split(".") -%}
    {%- for count in range(steps | length, 0, -1) -%}
        {%- set wanted = steps[:count] | join(".") | lower -%}
        {%- set found = [] -%}
        {%- for lowered, column in actual.items() | sort
            if lowered == wanted or (wanted.endswith("*") and lowered.startswith(wanted[:-1])) -%}
            {%- do found.append({"column": column, "steps": steps[count:]}) -%}
        {%- endfor -%}
        {%- if found -%}
            {{- return(found) -}}
        {%- endif -%}
    {%- endfor -%}
    {{- return([]) -}}
{% endmacro %}

{# The columns of a part that are read for a standard column. #}
{% macro mapped_columns(read_from, part) %}
    {%- set found = [] -%}
    {%- for name in modules.re.split(" [|+] ", modules.re.sub(" / [0-9]+", "", read_from)) -%}
        {%- for place in mapped_places(name, part) -%}
            {%- do found.append(place.column.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(found) -}}
{% endmacro %}

{# A column as text, a nested one as JSON. #}
{% macro default__raw_text(column, part) %}
    {%- set name = adapter.quote(column.name) -%}
    {%- if part.format not in ("csv", "jsonl") and raw_type_family(column.type) == "other" -%}
        {{- return("cast(to_json(" ~ name ~ ") as string)") -}}
    {%- endif -%}
    {#- a time with a zone stays one, whatever zone is declared for those without -#}
    {{- return(raw_column(name, column.type, "string", part.format, "UTC")) -}}
{% endmacro %}

{# Spark reads nested JSON as columns, of whatever type; here a line is one column (raw_part). #}
{% macro spark__raw_text(column, part) %}
    {%- if part.format == "jsonl" -%}
        {{- return("get_json_object(line, '$[''" ~ column.name ~ "'']')") -}}
    {%- endif -%}
    {{- return(default__raw_text(column, part)) -}}
{% endmacro %}
