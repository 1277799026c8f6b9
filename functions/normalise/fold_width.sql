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
    ~ "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ"
    ~ "マミムメモヤユヨラリルレロワン\u3099\u309a"
) -%}
{%- set text = "cast(value as string)" -%}
case
    when {{ regex_matches(text, "[\\x{3000}\\x{ff01}-\\x{ff9f}\\x{ffe0}-\\x{ffe6}]") }}
        then {{ compose_text(
            sql_call("translate", [text, regex_literal(wide), regex_literal(usual)])
        ) }}
    else {{ compose_text(text) }}
end
