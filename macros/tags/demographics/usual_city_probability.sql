{% macro usual_city_probability() %}
    {%- set share = beta_mean(
        "top_cities.visits",
        "top_cities.all_visits",
        "priors.visit_share_mean",
        "priors.visit_share_prior_size",
    ) -%}
    {{- probability_above(
        share,
        beta_variance(share, "top_cities.all_visits", "priors.visit_share_prior_size"),
        "0.5",
    ) -}}
{% endmacro %}
