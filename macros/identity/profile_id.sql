{#
    One macro per profile type fixes the natural key, so that facts and profiles cannot disagree.
#}
{% macro profile_id(profile_type, natural_key) %}
    {{- return(keyed_hash("'" ~ profile_type ~ "|' || " ~ natural_key)) -}}
{% endmacro %}

{% macro profile_id_crm_member(member_id) %}
    {{- return(profile_id("crm_member", natural_key_crm_member(member_id))) -}}
{% endmacro %}

{% macro profile_id_pos_shopper(card_no, phone) %}
    {{- return(profile_id("pos_shopper", natural_key_pos_shopper(card_no, phone))) -}}
{% endmacro %}

{% macro profile_id_web_account(user_id) %}
    {{- return(profile_id("web_account", natural_key_web_account(user_id))) -}}
{% endmacro %}

{% macro profile_id_web_cookie(anonymous_id) %}
    {{- return(profile_id("web_cookie", natural_key_web_cookie(anonymous_id))) -}}
{% endmacro %}

{% macro profile_id_wechat_user(app_id, openid) %}
    {{- return(profile_id("wechat_user", natural_key_wechat_user(app_id, openid))) -}}
{% endmacro %}

{% macro profile_id_of(profile_type, natural_key) %}
    {{- return(keyed_hash(profile_type ~ " || '|' || " ~ natural_key)) -}}
{% endmacro %}
