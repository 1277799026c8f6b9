{{ checked_identifier_types(ref("identifier_types")) }}
