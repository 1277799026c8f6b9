{# The channels on which a customer can be written or spoken to. #}
{% macro contact_channels() %}
    {{ return(["sms", "email", "phone", "wechat", "app_push"]) }}
{% endmacro %}
