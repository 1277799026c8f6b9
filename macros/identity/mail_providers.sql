{% macro mail_providers() %}
    {{- return([
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
        "yahoo.com", "yahoo.co.jp", "yahoo.com.hk", "yahoo.com.tw", "icloud.com", "me.com",
        "aol.com", "proton.me", "protonmail.com", "gmx.net", "gmx.de", "web.de", "t-online.de",
        "orange.fr", "free.fr", "libero.it", "mail.ru", "yandex.ru", "qq.com", "vip.qq.com",
        "foxmail.com", "163.com", "126.com", "yeah.net", "139.com", "189.cn", "sina.com",
        "sina.cn", "sohu.com", "aliyun.com", "naver.com", "daum.net", "hanmail.net",
    ]) -}}
{% endmacro %}
