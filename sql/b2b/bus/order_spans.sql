-- mart: gear.order_spans
-- Every version of an order with the dates that it holds for: from delivery_date to holds_until, both included. What is as of a date is
-- one range of it, where else each version would be compared with the later ones of its order.
-- key: order_id, delivery_date
-- refresh by: order_id
-- index: customer_id

-- columns
order_id bigint unsigned
delivery_date date
holds_until date
prod_id bigint unsigned
customer_id bigint unsigned
prod_quote_price decimal(15,4)
is_lead_sale boolean
crm_lead_id bigint
company_id bigint unsigned
created_date datetime(6)

-- affected by order_versions
select c.order_id from changes.order_versions c

-- rows
select
  v.order_id,
  v.delivery_date,
  coalesce(lead(v.delivery_date) over (partition by v.order_id order by v.delivery_date) - interval 1 day, date'9999-12-31') as holds_until,
  v.prod_id,
  v.customer_id,
  v.prod_quote_price,
  v.is_lead_sale,
  v.crm_lead_id,
  v.company_id,
  v.created_date
from [[affected straight_join]] bulk.order_versions v [[on v.order_id = affected.order_id]]
