{# Depth of the trees of forests, as DEPTH in src/one360/predictions/learnt_tags.py. #}
{% macro learnt_tag_depth() %}{{ return(6) }}{% endmacro %}
