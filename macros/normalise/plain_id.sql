{# The pattern of ids that need no second look: no placeholder, no float, no guard of a spreadsheet. #}
{% macro plain_id() %}
    {{- return("(?:[1-9]|[0A-Za-z_][0A-Za-z_-]*[1-9])[0-9A-Za-z_-]*") -}}
{% endmacro %}
