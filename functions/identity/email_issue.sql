{%- set local = "split_part(address, '@', 1)" -%}
{%- set domain = "split_part(address, '@', 2)" -%}
{%- set label = "split_part(" ~ domain ~ ", '.', 1)" -%}
{%- set bare = regex_replace_all(local, "[^a-z0-9]+") -%}
{%- set nobody = [
    "[0-9]{1,2}", "na", "nil", "null", "none", "no", "nobody", "noone", "nomail", "noemail",
    "noemailaddress", "nothanks", "notprovided", "unknown", "undefined", "anonymous", "anon",
    "fake", "fakemail", "fakeemail", "dummy", "sample", "example", "test(?:er|ing|user)?[0-9]{0,3}",
    "noreply", "donotreply", "name", "username", "yourname", "youremail", "firstnamelastname",
    "user", "guest", "visitor", "customer", "foobar", "abc", "abcd", "abcde",
    "abcdef", "abcdefg", "abc123", "xyz", "qwe", "qwer", "qwert", "qwerty", "qwertyuiop", "qwe123",
    "qwerty123", "asd", "asdf", "asdfg", "asdfgh", "asdfghjkl", "asd123", "zxc", "zxcv", "zxcvb",
    "zxcvbn", "zxcvbnm", "a123456", "aa123456",
] -%}
{%- set roles = [
    "abuse", "accounting", "accounts", "accueil", "achats", "admin", "administracion",
    "administration", "administrator", "amministrazione", "atencion", "bestellung",
    "bestellungen", "billing", "booking", "bookings", "buchhaltung", "care", "career", "careers",
    "commande", "commandes", "compras", "comptabilite", "contabilidad", "contact", "contacto",
    "contactus", "contato", "customercare", "customerservice", "direction", "einkauf", "email",
    "enquiries", "enquiry", "facturacion", "facturation", "fatture", "feedback", "finance",
    "hello", "help", "helpdesk", "hostmaster", "hr", "info", "information", "inquiries",
    "inquiry", "invoice", "invoices", "jobs", "kefu", "kontakt", "kundendienst", "kundenservice",
    "legal", "mail", "marketing", "news", "newsletter", "office", "order", "orders", "ordini",
    "pedidos", "postmaster", "press", "privacy", "procurement", "purchasing", "reception",
    "rechnung", "rechnungen", "reservations", "returns", "sales", "secretariat", "secretary",
    "security", "sekretariat", "service", "services", "shipping", "shop", "store", "support",
    "team", "vendas", "vendite", "ventas", "verkauf", "versand", "vertrieb", "verwaltung",
    "webmaster", "webshop", "zentrale",
    "caiwu", "renshi", "shouhou", "xiaoshou", "zixun",
] -%}
{%- set nowhere = [
    "(?:[^.]+[.])*example[.][a-z.]+", ".*[.](?:example|test|invalid|localhost|local)",
    "(?:test|none|no|noemail|nomail|nowhere|unknown|notprovided|fake|fakeemail|yourdomain|domain)"
    ~ "[.](?:com|org|net|cn)",
] -%}
{%- set throw_away = [
    "10minutemail", "20minutemail", "33mail", "dispostable", "dropmail", "fakeinbox", "getairmail",
    "getnada", "guerrillamail", "guerrillamailblock", "inboxkitten", "linshiyouxiang", "mailcatch",
    "maildrop", "mailinator", "mailnesia", "mailsac", "mintemail", "mohmal", "mytemp",
    "sharklasers", "spamgourmet", "tempail", "temp-mail", "tempmail", "tempr", "throwawaymail",
    "trashmail", "yopmail",
] -%}
case
    when address is null then null
    when {{ regex_full_match(bare, nobody | join("|")) }} then 'placeholder'
    when
        {{ regex_full_match(bare, "[a-z]{3,}") }}
        and {{ bare }} = repeat(left({{ bare }}, 1), length({{ bare }}))
        then 'placeholder'
    when {{ function("is_filler_digits") }}({{ bare }}) then 'placeholder'
    when {{ regex_full_match(domain, nowhere | join("|")) }} then 'placeholder'
    when
        {{ regex_full_match(
            domain, "(?:[^.]+[.])*(?:" ~ throw_away | join("|") ~ ")[.][a-z]+"
        ) }}
        then 'throw_away'
    when length({{ local }}) < 3 and {{ local }} = {{ label }} then 'placeholder'
    when {{ regex_full_match(bare, roles | join("|")) }} or {{ local }} = {{ label }}
        then 'role_address'
end
