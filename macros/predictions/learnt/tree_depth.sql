{# Depth of the trees of forests: what SQL walks, and what Python lets them grow to. #}
{% macro tree_depth() %}{{ return(6) }}{% endmacro %}
