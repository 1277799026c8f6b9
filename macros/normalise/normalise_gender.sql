{# female, male or NULL; 1 is male and 2 female, as WeChat and ISO 5218 have it. #}
{% macro normalise_gender(expression) %}
    {%- set female = ["f", "female", "w", "woman", "2", "女", "女性", "女士", "小姐", "太太", "ms", "mrs", "miss"] -%}
    {%- set male = ["m", "male", "man", "1", "男", "男性", "先生", "mr"] -%}
    {%- set value = "lower(trim(both ' .　' from cast(" ~ expression ~ " as string)))" -%}
    {{- return(
        "case when " ~ value ~ " in ('" ~ female | join("', '") ~ "') then 'female' when "
        ~ value ~ " in ('" ~ male | join("', '") ~ "') then 'male' end"
    ) -}}
{% endmacro %}
