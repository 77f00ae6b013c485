-- mart: bus.total_leads
-- How many orders of each customer came from a lead, as of each date.
-- by: report_date
-- key: customer_id
-- reads: order_versions up to date

-- columns
customer_id bigint unsigned
total_leads bigint

-- rows
select o.customer_id, count(*) as total_leads
from bulk.order_versions o
where o.is_lead_sale
  and o.crm_lead_id <> -1
  and o.delivery_date <= {date}
  and not exists (
    select 1 from bulk.order_versions later
    where later.order_id = o.order_id and later.delivery_date > o.delivery_date and later.delivery_date <= {date}
  )
group by o.customer_id
