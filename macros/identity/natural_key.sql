{% macro natural_key_crm_member(member_id) %}
    {{- return(member_id) -}}
{% endmacro %}

{% macro natural_key_pos_shopper(card_no, phone) %}
    {{- return(
        "case when " ~ card_no ~ " is not null or " ~ phone ~ " is not null"
        ~ " then coalesce(" ~ card_no ~ ", '') || '|' || coalesce(" ~ phone ~ ", '') end"
    ) -}}
{% endmacro %}

{% macro natural_key_web_account(user_id) %}
    {{- return(user_id) -}}
{% endmacro %}

{% macro natural_key_web_cookie(anonymous_id) %}
    {{- return(anonymous_id) -}}
{% endmacro %}

{% macro natural_key_wechat_user(app_id, openid) %}
    {{- return("(" ~ app_id ~ " || '|' || " ~ openid ~ ")") -}}
{% endmacro %}
