{# A project that has one360 as a package may run its own nodes alone, with no raw data there. #}
{% macro runs_one360() %}
    {% for id in selected_resources if id.split(".")[1] == "one360" %}
        {{ return(true) }}
    {% endfor %}
    {{ return(false) }}
{% endmacro %}
