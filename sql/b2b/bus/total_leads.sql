-- mart: bus.total_leads
-- How many orders of each customer came from a lead, as of each date.
-- by: report_date
-- key: customer_id
-- reads: order_versions up to date
-- after: gear.order_spans

-- columns
customer_id bigint unsigned
total_leads bigint

-- rows
select o.customer_id, count(*) as total_leads
from gear.order_spans o ignore index (by_customer_id) -- in its order all rows would be looked up one by one
where o.delivery_date <= {date} and o.holds_until >= {date} and o.is_lead_sale and o.crm_lead_id <> -1
group by o.customer_id
