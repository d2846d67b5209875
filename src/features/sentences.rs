//! Sentences that several features tell. `explain/sentence.rs` says how they are filled in.

/// A few days close together and a long break are no rhythm: nobody buys "every day" who did so once.
pub(super) const RHYTHM: &str = "[3<order_days_all_count, order_days_all_count<10, tenure_days-recency_days<14, gap_median_days<recency_days]bought \
     on {order_days_all_count day} close together, silent for {recency_days day}\
     |[3<order_days_all_count, order_days_all_count<10, 4*gap_median_days<gap_mean_days, gap_median_days<recency_days]\
     bought on {order_days_all_count day} within {tenure_days-recency_days span}, silent for {recency_days day}\
     |[3<order_days_all_count, gap_median_days<recency_days]usually buys {gap_median_days every}, silent for {recency_days day}\
     |[2<order_days_all_count, gap_max_days<recency_days]no order for {recency_days day}, longer than ever before\
     |[1<order_days_all_count, order_days_all_count<3, gap_max_days<recency_days]silent for {recency_days day}, the only break before was {gap_max_days day}";
pub(super) const LONGEST: &str = "[3<order_days_all_count, gap_max_days<recency_days]silent for {recency_days day}, the \
                                  longest break before was {gap_max_days day}";
pub(super) const YEAR: &str = "[364<tenure_days]{orders_365d_count order} in the past year\
                               |[orders_all_count<2]bought once so far, {recency_days day} ago";
pub(super) const TOTAL: &str = "[1<order_days_all_count, orders_all_count<7, 60<tenure_days]{orders_all_count order} in {tenure_days span}\
                                |[6<orders_all_count, 0<orders_180d_count, orders_180d_count<orders_all_count-orders_180d_count]{orders_all_count order} in {tenure_days span}, {orders_180d_count} of them in the last six months\
                                |[1<order_days_all_count, orders_all_count<7]first order only {tenure_days span} ago\
                                |[orders_all_count<2]bought once so far, {recency_days day} ago|[order_days_all_count<2]bought on one day only";
pub(super) const NEWCOMER: &str = "[1<order_days_all_count, tenure_days<91]first order only {tenure_days span} ago";
pub(super) const BREAK: &str = "[2<order_days_all_count, 179<gap_max_days, gap_upper_quartile_days<gap_max_days, \
                                recency_days<gap_max_days, gap_last_days<gap_max_days]stayed away for {gap_max_days span} once\
                                |[2<order_days_all_count, 179<gap_last_days, gap_upper_quartile_days<gap_last_days, \
                                recency_days<gap_last_days]came back after {gap_last_days span}";
pub(super) const QUARTERS: &str = "[orders_90d_count<orders_before_90d_count]{orders_90d_count order} in the last 90 days after \
                                   {orders_before_90d_count} in the 90 days before";
pub(super) const HALVES: &str = "[orders_180d_count<orders_365d_count-orders_180d_count]{orders_180d_count order} in the last six months after \
     {orders_365d_count-orders_180d_count} in the six months before";
pub(super) const SPEND_QUARTERS: &str = "[net_spend_90d_amount<net_spend_180d_amount-net_spend_90d_amount]spent {net_spend_90d_amount} in the last 90 days, \
     {net_spend_180d_amount-net_spend_90d_amount} in the 90 days before";
pub(super) const SPEND_HALVES: &str = "[net_spend_180d_amount<net_spend_365d_amount-net_spend_180d_amount]spent {net_spend_180d_amount} in the last six \
     months, {net_spend_365d_amount-net_spend_180d_amount} in the six months before";
pub(super) const STOPPED: &str = "[overdue_categories_count<regular_categories_count]no longer buys \
                                  {overdue_categories_count} of {regular_categories_count category/categories} bought \
                                  regularly";
pub(super) const OPEN: &str = "[open_complaints_count<2]a complaint open for {oldest_open_complaint_days since}\
                               |{open_complaints_count complaint} open, the oldest for {oldest_open_complaint_days since}";
pub(super) const UNANSWERED: &str = "[unanswered_complaints_count<2]a complaint without an answer for {oldest_unanswered_complaint_days since}\
     |{unanswered_complaints_count complaint} without an answer, the oldest for {oldest_unanswered_complaint_days since}";
pub(super) const CLOSED: &str = "{badly_closed_complaints_count complaint} closed badly or opened again";
/// What came back, beside what is usual: many pieces are nothing with one who buys many, and where all send much back.
pub(super) const RETURNED: &str = "[0.05<returned_share, 0<~returned_share, ~returned_share<returned_share]returned {returned_share} of what was \
     bought so far, {~returned_share} is usual\
     |[0.05<returned_share, ~returned_share<1e-9]returned {returned_share} of what was bought so far, most customers nothing";
pub(super) const RETURNED_YEAR: &str = "[0.05<returned_365d_share, 0<~returned_365d_share, ~returned_365d_share<returned_365d_share]returned \
     {returned_365d_share} of what was bought in the past year, {~returned_365d_share} is usual\
     |[0.05<returned_365d_share, ~returned_365d_share<1e-9]returned {returned_365d_share} of what was bought in the past year, most \
     customers nothing";
pub(super) const RETURNED_LATELY: &str = "[0.05<returned_365d_share, ~returned_365d_share<returned_365d_share]returned something \
     {return_recency_days since} ago, in the past year {returned_365d_share} of what was bought";
pub(super) const GRIEVED: &str =
    "[0.05<complaint_of_spend_ratio]complained about {complaint_amount} after spending {net_spend_all_amount}";
