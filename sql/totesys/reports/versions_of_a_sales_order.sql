-- report: How a sales order changed
-- The versions of sales orders side by side, in the order in which they were first delivered; the newest one is marked.
-- filters: sales_order_id
select
  f.sales_order_id,
  f.sales_record_id,
  n.sales_record_id is not null as is_newest,
  f.last_updated_date,
  f.last_updated_time,
  f.units_sold,
  f.units_sold - lag(f.units_sold) over w as units_more,
  f.unit_price,
  f.unit_price - lag(f.unit_price) over w as price_more,
  f.agreed_delivery_date,
  f.agreed_payment_date,
  s.first_name,
  s.last_name
from bus.fact_sales_order f
left join bus.current_sales_order n on n.sales_order_id = f.sales_order_id and n.sales_record_id = f.sales_record_id
left join bus.dim_staff s on s.staff_id = f.sales_staff_id
where true
  [[ and f.sales_order_id = {{sales_order_id}} ]]
window w as (partition by f.sales_order_id order by f.sales_record_id)
order by f.sales_order_id, f.sales_record_id
