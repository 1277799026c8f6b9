{% macro contact_channels() %}
    {{ return(["sms", "email", "phone", "wechat", "app_push"]) }}
{% endmacro %}
