{#-
    What orders records, whatever the salt: their type and natural key. A blank stands between them: what
    publishing looks for are parts of keys between |, and a type is none.
-#}
{% macro record_key(relation) %}
    {{- return("(" ~ relation ~ ".profile_type || ' ' || " ~ relation ~ ".natural_key)") -}}
{% endmacro %}
