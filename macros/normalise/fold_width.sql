{#
    Full-width ASCII, ideographic space and half-width katakana as the usual characters,
    then NFC: the part of NFKC that till and web forms in East Asia produce.
#}
{% macro fold_width(expression) %}
    {%- set wide = (
        "！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠"
        ~ "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀"
        ~ "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～"
        ~ "　￠￡￢￥￦"
        ~ "｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ"
    ) -%}
    {%- set usual = (
        "!\"#$%&'()*+,-./0123456789:;<=>?@"
        ~ "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
        ~ "abcdefghijklmnopqrstuvwxyz{|}~"
        ~ " ¢£¬¥₩"
        ~ "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309a"
    ) -%}
    {{- return(
        "case when " ~ regex_matches(expression, "[\\x{3000}\\x{ff01}-\\x{ff9f}\\x{ffe0}-\\x{ffe6}]")
        ~ " then " ~ compose_text(
            "translate(" ~ expression ~ ", '" ~ wide ~ "', " ~ regex_literal(usual) ~ ")"
        ) ~ " else " ~ compose_text(expression) ~ " end"
    ) -}}
{% endmacro %}
