-- report: Best-selling designs
-- The 100 designs of which most units were ordered, by the newest versions of sales orders.
-- filters: date_from, date_to
select
  o.design_id,
  d.design_name,
  count(*) as orders,
  sum(o.units_sold) as units_sold
from bus.current_sales_order o
left join bus.dim_design d on d.design_id = o.design_id
where true
  [[ and o.created_date >= {{date_from}} ]]
  [[ and o.created_date <= {{date_to}} ]]
group by o.design_id, d.design_name
order by sum(o.units_sold) desc, o.design_id
limit 100
