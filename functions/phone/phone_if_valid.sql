case
    when
        {{ regex_full_match("national", phone_valid_numbers()) }}
        or {{ regex_full_match("national", phone_possible_numbers()) }}
        then '+' || replace(national, ' ', '')
end
