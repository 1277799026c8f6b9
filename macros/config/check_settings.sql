{#
    Before the run: every variable given or set is known and within what it accepts.
    Stops with one line per fault, naming the variable, its value and what is allowed.
#}
{% macro check_settings() %}
    {% if execute %}
        {% set rules = setting_rules() %}
        {% set faults = [] %}
        {% for name in (invocation_args_dict.get("vars") or {}).keys() %}
            {% if name not in rules %}
                {% do faults.append(
                    "variable " ~ name ~ " is unknown; known are: " ~ (rules.keys() | sort | join(", "))
                ) %}
            {% endif %}
        {% endfor %}
        {% for name, rule in rules.items() %}
            {% set fault = setting_fault(var(name), rule) %}
            {% if fault %}
                {% do faults.append("variable " ~ name ~ " is " ~ (var(name) | tojson) ~ "; " ~ fault) %}
            {% endif %}
        {% endfor %}
        {% if faults %}
            {{ exceptions.raise_compiler_error(faults | join("\n  ")) }}
        {% endif %}
    {% endif %}
{% endmacro %}

{# What is wrong with a value under a rule, or an empty string. #}
{% macro setting_fault(value, rule) %}
    {%- if rule.kind == "choice" -%}
        {%- if value not in rule.allowed -%}
            {{ return("allowed are: " ~ (rule.allowed | join(", "))) }}
        {%- endif -%}
    {%- elif rule.kind == "choices" -%}
        {%- if value is string or value is not sequence or value is mapping
            or value | reject("in", rule.allowed) | list -%}
            {{ return("a list of these is allowed: " ~ (rule.allowed | join(", "))) }}
        {%- endif -%}
    {%- elif rule.kind == "flag" -%}
        {%- if value is not boolean -%}
            {{ return("allowed are: true, false") }}
        {%- endif -%}
    {%- elif rule.kind in ("integer", "number") -%}
        {%- if value is not number or value is boolean
            or (rule.kind == "integer" and value is not integer)
            or not rule.minimum <= value <= rule.maximum -%}
            {{ return("allowed is " ~ ("a whole number" if rule.kind == "integer" else "a number")
                ~ " from " ~ rule.minimum ~ " to " ~ rule.maximum) }}
        {%- endif -%}
    {%- elif rule.kind == "numbers" -%}
        {%- set fault = "allowed are " ~ rule.length
            ~ (" whole" if rule.get("whole") else "") ~ " numbers, each at least " ~ rule.minimum
            ~ " and at most " ~ rule.maximum ~ (", increasing" if rule.get("increasing") else "") -%}
        {%- if value is string or value is not sequence or value is mapping
            or value | length != rule.length
            or value | reject("integer" if rule.get("whole") else "number") | list
            or value | select("boolean") | list -%}
            {{ return(fault) }}
        {%- endif -%}
        {%- for number in value -%}
            {%- if not rule.minimum <= number <= rule.maximum
                or (rule.get("increasing") and not loop.first and number <= loop.previtem) -%}
                {{ return(fault) }}
            {%- endif -%}
        {%- endfor -%}
    {%- elif rule.kind == "text" -%}
        {%- if not modules.re.match(rule.pattern, value | string) -%}
            {{ return("allowed is " ~ rule.allowed) }}
        {%- endif -%}
    {%- elif rule.kind == "mapping" -%}
        {%- if value is not mapping -%}
            {{ return("a mapping is allowed") }}
        {%- endif -%}
    {%- endif -%}
    {{ return("") }}
{% endmacro %}
