{#
    Every tag of customer_tags: family → model → code, the column of its value and, where
    there is one, of its score. Seed tag_catalogue describes each;
    assert_tags_match_catalogue compares the two.
#}
{% macro tag_list() %}
    {{ return({
        "tag_rfm": [
            {"code": "rfm_segment", "value": "segment_code", "score": "rfm_score"},
            {"code": "rfm_cell", "value": "rfm_cell", "score": "rfm_score"},
            {"code": "rfm_recency_days", "value": "recency_days", "score": "r_score"},
            {"code": "rfm_frequency", "value": "frequency", "score": "f_score"},
            {"code": "rfm_monetary", "value": "monetary", "score": "m_score"},
            {"code": "rfm_cluster", "value": "cluster_segment_code"},
            {"code": "reseller_suspect", "value": "is_reseller_suspect"},
        ],
        "tag_nes": [
            {"code": "nes_status", "value": "nes_status", "score": "cycles_since_last_order"},
            {"code": "purchase_cycle_days", "value": "purchase_cycle_days"},
            {"code": "next_order_expected", "value": "next_order_expected_on"},
        ],
        "tag_loyalty": [
            {"code": "loyalty_level", "value": "loyalty_level_code", "score": "loyalty_score"},
            {"code": "top_brand", "value": "top_brand", "score": "top_brand_score"},
        ],
        "tag_activity": [
            {"code": "activity_level", "value": "activity_level", "score": "activity_score"},
        ],
    }) }}
{% endmacro %}
