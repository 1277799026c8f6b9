{# What the package change_log asks of a project: where the last visible instant is … #}
{% macro default__horizon() %}
    {{- return({"model": "int_behaviour__as_of", "column": "as_of_at"}) -}}
{% endmacro %}

{# … that what is past its retention limit goes from the logs too (asked by a hook of the package, which sees
   no macro of this project by its bare name) … #}
{% macro default__forgets_read_changes() %}
    {{- return(one360.retention_limits() | length > 0) -}}
{% endmacro %}

{# … and that the salt, with which ids are hashed, and the bodies of functions are not in the SQL. #}
{% macro default__made_of_besides() %}
    {%- set bodies -%}
        (
            select md5(string_agg(macro_definition, ';' order by function_name))
            from duckdb_functions()
            where schema_name = 'functions' and database_name = current_database()
        )
    {%- endset -%}
    {{- return(keyed_hash("'change_log'") ~ (" || " ~ bodies if model.functions else "")) -}}
{% endmacro %}
