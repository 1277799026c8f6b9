{% macro wechat_user_key(app_id, openid) %}
    {{- return("(" ~ app_id ~ " || '|' || " ~ openid ~ ")") -}}
{% endmacro %}
