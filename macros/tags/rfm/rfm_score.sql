{# A score of 1 to 5: one more for each of the four cut points that the value reaches. #}
{% macro score_by_cuts(value, cuts) %}
    {{- return(
        "(1 + case when " ~ value ~ " >= " ~ cuts ~ ".cut_1 then 1 else 0 end"
        ~ " + case when " ~ value ~ " >= " ~ cuts ~ ".cut_2 then 1 else 0 end"
        ~ " + case when " ~ value ~ " >= " ~ cuts ~ ".cut_3 then 1 else 0 end"
        ~ " + case when " ~ value ~ " >= " ~ cuts ~ ".cut_4 then 1 else 0 end)"
    ) -}}
{% endmacro %}

{#
    A score of 1 to 5 from a rank of 1 to n: the fifth of the ranks it lies in, as pandas
    qcut cuts them (the lower fifth keeps its edge). ceil(5 (rank - 1) / (n - 1)) in whole
    numbers, so no rounding decides.
#}
{% macro score_by_rank(rank, total) %}
    {{- return(
        "greatest(1, cast(floor((5 * (" ~ rank ~ " - 1) + " ~ total ~ " - 2)"
        ~ " / cast(greatest(" ~ total ~ " - 1, 1) as double)) as integer))"
    ) -}}
{% endmacro %}
