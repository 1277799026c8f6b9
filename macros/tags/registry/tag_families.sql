{#
    Models read each by ref. Which columns are tags is declared in seed tag_catalogue. A new family
    is a line here.
#}
{% macro tag_families() %}
    {{ return([
        "tag_rfm",
        "tag_nes",
        "tag_loyalty",
        "tag_activity",
        "tag_member_value",
        "tag_lifecycle",
        "tag_price",
        "tag_preferences",
        "tag_interest",
        "tag_channel",
        "tag_moments",
        "tag_aarrr",
        "tag_demographics",
    ]) }}
{% endmacro %}
