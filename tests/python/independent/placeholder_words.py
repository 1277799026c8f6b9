"""The words of values that name no one person."""

#: What people type for no address.
NOBODY = frozenset({
    "a123456", "aa123456", "abc", "abc123", "abcd", "abcde", "abcdef", "abcdefg", "anon",
    "anonymous", "asd", "asd123", "asdf", "asdfg", "asdfgh", "asdfghjkl", "customer",
    "donotreply", "dummy", "example", "fake", "fakeemail", "fakemail", "firstnamelastname",
    "foobar", "guest", "na", "name", "nil", "no", "nobody", "noemail", "noemailaddress", "nomail",
    "none", "noone", "noreply", "nothanks", "notprovided", "null", "qwe", "qwe123", "qwer",
    "qwert", "qwerty", "qwerty123", "qwertyuiop", "sample", "undefined", "unknown", "user",
    "username", "visitor", "xyz", "youremail", "yourname", "zxc", "zxcv", "zxcvb", "zxcvbn",
    "zxcvbnm",
})  # fmt: skip
#: Whom a company answers with.
ROLES = frozenset({
    "abuse", "accounting", "accounts", "accueil", "achats", "admin", "administracion",
    "administration", "administrator", "amministrazione", "atencion", "bestellung",
    "bestellungen", "billing", "booking", "bookings", "buchhaltung", "caiwu", "care", "career",
    "careers", "commande", "commandes", "compras", "comptabilite", "contabilidad", "contact",
    "contacto", "contactus", "contato", "customercare", "customerservice", "direction", "einkauf",
    "email", "enquiries", "enquiry", "facturacion", "facturation", "fatture", "feedback",
    "finance", "hello", "help", "helpdesk", "hostmaster", "hr", "info", "information",
    "inquiries", "inquiry", "invoice", "invoices", "jobs", "kefu", "kontakt", "kundendienst",
    "kundenservice", "legal", "mail", "marketing", "news", "newsletter", "office", "order",
    "orders", "ordini", "pedidos", "postmaster", "press", "privacy", "procurement", "purchasing",
    "reception", "rechnung", "rechnungen", "renshi", "reservations", "returns", "sales",
    "secretariat", "secretary", "security", "sekretariat", "service", "services", "shipping",
    "shop", "shouhou", "store", "support", "team", "vendas", "vendite", "ventas", "verkauf",
    "versand", "vertrieb", "verwaltung", "webmaster", "webshop", "xiaoshou", "zentrale", "zixun",
})  # fmt: skip
#: Domains nobody has a mailbox at, under com, org, net and cn.
NOWHERE = frozenset({
    "domain", "fake", "fakeemail", "no", "noemail", "nomail", "none", "notprovided", "nowhere",
    "test", "unknown", "yourdomain",
})  # fmt: skip
#: Mailboxes for a few minutes.
THROW_AWAY = frozenset({
    "10minutemail", "20minutemail", "33mail", "dispostable", "dropmail", "fakeinbox",
    "getairmail", "getnada", "guerrillamail", "guerrillamailblock", "inboxkitten",
    "linshiyouxiang", "mailcatch", "maildrop", "mailinator", "mailnesia", "mailsac", "mintemail",
    "mohmal", "mytemp", "sharklasers", "spamgourmet", "temp-mail", "tempail", "tempmail", "tempr",
    "throwawaymail", "trashmail", "yopmail",
})  # fmt: skip
#: Words for no number.
WORDS = frozenset({
    "DEMO", "DUMMY", "NA", "NAN", "NIL", "NONE", "NULL", "SAMPLE", "TEMP", "UNDEFINED", "UNKNOWN",
})  # fmt: skip
