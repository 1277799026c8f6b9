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
    "abuse", "accounting", "accounts", "admin", "administrator", "billing", "booking", "bookings",
    "caiwu", "care", "career", "careers", "contact", "contacto", "contactus", "contato",
    "customercare", "customerservice", "email", "enquiries", "enquiry", "feedback", "finance",
    "hello", "help", "helpdesk", "hostmaster", "hr", "info", "information", "inquiries",
    "inquiry", "invoice", "invoices", "jobs", "kefu", "kontakt", "legal", "mail", "marketing",
    "news", "newsletter", "office", "order", "orders", "postmaster", "press", "privacy",
    "procurement", "purchasing", "reception", "renshi", "reservations", "sales", "secretary",
    "security", "service", "services", "shop", "shouhou", "store", "support", "team", "vendas",
    "ventas", "verkauf", "webmaster", "webshop", "xiaoshou", "zixun",
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
