{# Raw rows = staged + rejected + exact duplicates, for every raw table. #}
{% test no_row_is_lost(model) %}

select * from {{ model }} where difference <> 0

{% endtest %}
