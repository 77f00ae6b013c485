-- export: orders_snapshot
-- Every order as of each date.
-- format: parquet
-- to: data/final/table=orders/{date}/part-{part}.snappy.parquet
-- reads: order_versions up to date
-- after: gear.order_spans

-- columns
order_id bigint
prod_id bigint
customer_id bigint
prod_quote_price decimal(15,4)
is_lead_sale boolean
crm_lead_id bigint
company_id bigint
created_date datetime(6)

-- rows
select v.order_id, v.prod_id, v.customer_id, v.prod_quote_price, v.is_lead_sale, v.crm_lead_id, v.company_id, v.created_date
from gear.order_spans v
where v.delivery_date <= {date} and v.holds_until >= {date}
order by v.order_id
